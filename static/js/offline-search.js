// Searching without a server: folds words as library/packing/terms.py does, ranks sections, cuts out where words stand.
// Stands in packs (opened as a file), in the service worker's pages and in tests alike, so it is no module.
"use strict";

(() => {
  const LONGEST = 40;
  const UNSPACED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u2e80-\\u2fdf\\u3005-\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua9e0-\\ua9ff\\uaa60-\\uaa7f\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
  const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "gu");
  const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
  const TOKENS = /[\p{L}\p{M}\p{N}]+/gu;
  const MARKS = /[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]/g;
  const LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i", "ς": "σ",
    "ٱ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي",
  };
  const TO_CHANGE = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
  const ARTICLE = /^[وفبك]?ال(?=..)|^لل(?=..)/u;
  const EITHER_SIDE = 90; // letters of a text around the first word that was found

  function fold(word) {
    const bare = word.normalize("NFKD").toLowerCase().replace(MARKS, "").normalize("NFC");
    return [...bare.replace(TO_CHANGE, (letter) => LETTERS[letter]).replace(ARTICLE, "")].slice(0, LONGEST).join("");
  }

  function pairs(run) {
    const letters = [...run];
    return letters.length === 1 ? letters : letters.slice(1).map((letter, place) => letters[place] + letter);
  }

  // Words of a text, folded; `whole` leaves runs of scripts without blanks as they are.
  function words(text, whole = false) {
    const found = [];
    for (const token of text.normalize("NFKC").match(TOKENS) ?? []) {
      for (const run of token.match(RUNS)) {
        if (!IS_UNSPACED.test(run)) found.push(fold(run));
        else if (whole) found.push(run);
        else found.push(...pairs(run));
      }
    }
    return found.filter(Boolean);
  }

  // Section → how much a word says about it. A word also finds longer ones that begin with it.
  function weighed(index, word) {
    const scores = new Map();
    const exact = Object.hasOwn(index.words, word) ? [word] : [];
    const longer = word.length > 2 || IS_UNSPACED.test(word) ? Object.keys(index.words).filter((other) => other !== word && other.startsWith(word)) : [];
    for (const term of [...exact, ...longer]) {
      const steps = index.words[term].split(" ");
      const rarity = Math.log(1 + index.sections.length / steps.length) * (term === word ? 1 : 0.6);
      let section = 0;
      for (const step of steps) {
        const [ahead, times] = step.split("*");
        section += parseInt(ahead, 36);
        const often = times ? parseInt(times, 36) : 1;
        const length = 0.25 + 0.75 * (index.sections[section][3] / average(index));
        const score = rarity * often * 2.2 / (often + 1.2 * length);
        scores.set(section, Math.max(scores.get(section) ?? 0, score));
      }
    }
    return scores;
  }

  function average(index) {
    index.average ??= Math.max(1, index.sections.reduce((sum, section) => sum + section[3], 0) / Math.max(1, index.sections.length));
    return index.average;
  }

  // Numbers of the best sections: those with every word, where there are any, else those with some.
  function find(index, query, most = 20) {
    const wanted = [...new Set(words(query))].slice(0, 24);
    const total = new Map();
    for (const word of wanted) {
      for (const [section, score] of weighed(index, word)) {
        const [sum, hits] = total.get(section) ?? [0, 0];
        total.set(section, [sum + score, hits + 1]);
      }
    }
    const found = [...total].map(([section, [score, hits]]) => ({ section, score, hits }));
    const whole = found.filter((one) => one.hits === wanted.length);
    return (whole.length ? whole : found).sort((one, other) => other.score - one.score || one.section - other.section).slice(0, most);
  }

  // [from, to] of the places in a text where a word of the query stands.
  function places(text, query) {
    const wanted = words(query, true);
    const found = [];
    for (const token of text.matchAll(TOKENS)) {
      for (const run of token[0].matchAll(RUNS)) {
        const from = token.index + run.index;
        if (IS_UNSPACED.test(run[0])) {
          for (const word of wanted) {
            for (let at = run[0].indexOf(word); at >= 0; at = run[0].indexOf(word, at + word.length)) found.push([from + at, from + at + word.length]);
          }
        } else {
          const folded = fold(run[0]);
          if (wanted.some((word) => folded === word || (word.length > 2 && folded.startsWith(word)))) found.push([from, from + run[0].length]);
        }
      }
    }
    return found.sort((one, other) => one[0] - other[0]);
  }

  // A fragment with the part of a text where the words stand, each in a <mark>.
  function excerpt(text, query) {
    const found = places(text, query);
    const first = found.length ? found[0][0] : 0;
    let from = Math.max(0, first - EITHER_SIDE);
    let to = Math.min(text.length, first + 2 * EITHER_SIDE);
    if (from > 0) from = Math.min(first, Math.max(from, text.indexOf(" ", from) + 1));
    if (to < text.length) to = Math.max(text.lastIndexOf(" ", to), first) === first ? to : text.lastIndexOf(" ", to);
    const part = document.createDocumentFragment();
    if (from > 0) part.append("… ");
    let at = from;
    for (const [begin, end] of found) {
      if (begin < at || end > to) continue;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(begin, end);
      part.append(text.slice(at, begin), mark);
      at = end;
    }
    part.append(text.slice(at, to));
    if (to < text.length) part.append(" …");
    return part;
  }

  // A few words of a text, from the first that was found to the end of its paragraph: browsers go to such a quotation.
  function quote(text, query) {
    const [from] = places(text, query)[0] ?? [-1];
    if (from < 0) return "";
    const rest = text.slice(from).split("\n")[0];
    return rest.length > 60 ? rest.slice(0, Math.max(rest.lastIndexOf(" ", 60), 0)) : rest.trim();
  }

  // Marks the words within an element of a page, its links and controls left as they are.
  function mark(root, query) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const node of texts) {
      const found = places(node.data, query);
      for (const [begin, end] of found.reverse()) {
        const rest = node.splitText(begin);
        rest.splitText(end - begin);
        const around = document.createElement("mark");
        rest.replaceWith(around);
        around.append(rest);
      }
    }
  }

  self.librarySearch = { words, find, excerpt, mark, quote };
})();
