"""Words that hold a sentence together and say little of what it is about: articles, pronouns, prepositions, question words.

A question that is a sentence is answered by its other words. Lists stay short: only words that mean nothing else.
"""

from collections.abc import Sequence

from indexer.analysis import fold, terms

_LISTS = {
    "am": "ነው ናቸው ነበር ነበሩ እና ወይም ግን ምን ማን የት መቼ ለምን እንዴት ስንት የትኛው ይህ ይህን እነዚህ ውስጥ ላይ ወደ",
    "af": "die 'n van en in is het dit te op vir met wat nie om as by aan wees hy sy ons hulle ek jy of maar ook hoe wie waar"
    " wanneer waarom watter hierdie daardie",
    "ar": "في من على إلى الى عن مع أن إن ان أو او ثم لا ما لم لن هل هو هي هم هن هذا هذه ذلك تلك الذي التي الذين كان كانت يكون"
    " تكون قد كل بعض بين بعد قبل عند حتى كما لكن متى أين اين كيف كم لماذا ماذا من أي اي ماهو ماهي وهو وهي كانوا يوجد هناك حول"
    " خلال ضد دون منذ اذا إذا",
    "az": "və ya ki bu o bir ilə üçün da də nə kim kimin harada haçan niyə necə hansı neçə var yox idi olan olaraq",
    "be": "і ў у на з са да ад па за не што хто дзе калі чаму як які якая якое якія колькі гэта гэты гэтая той яна ён яны быў была"
    " было былі ёсць або але",
    "bg": "и в на с за от до по из се е са да не че как какво кой коя кое кои къде кога защо това този тази тези той тя то те"
    " аз ти ние вие беше бяха ще има или но а при към между без",
    "bn": "এবং ও এর এই এ যে কি কী কে কোন কোথায় কখন কেন কিভাবে কীভাবে কত হয় হয়েছে হয়েছিল ছিল ছিলেন করে করা থেকে জন্য সঙ্গে"
    " সাথে উপর মধ্যে তার তারা তিনি আমি আমরা আপনি একটি না বা কিন্তু যা দ্বারা",
    "ca": "el la els les un una uns unes i o de del dels al als a en per amb que qui què quin quina quins quines com quan on és"
    " són era ser no es se seu seva més però aquest aquesta això entre fins sense",
    "cs": "a i v ve na s se z ze do od po pro za při o u k ke je jsou byl byla bylo byli být by že co kdo jak kde kdy proč který"
    " která které jaký jaká jaké kolik to ten ta ti ty tento tato toto on ona oni já my vy ne nebo ale si jeho její jejich",
    "da": "og i på til af for med fra om at en et den det de der som er var blev være har havde kan vil skal ikke hvad hvem hvor"
    " hvornår hvorfor hvordan hvilken hvilket hvilke denne dette disse han hun jeg du vi han sig sin sit men eller hos ved ud"
    " efter mellem",
    "de": "der die das den dem des ein eine einer eines einem einen und oder aber in im an am auf aus bei beim mit nach von vom"
    " vor zu zum zur für über unter durch gegen ohne um ist sind war waren wird werden wurde wurden worden sein hat haben hatte"
    " hatten kann können konnte muss soll sollte nicht kein keine es er sie wir ihr ich du sich man sein seine seiner ihre ihrer"
    " was wer wen wem wie wo wann warum wieso weshalb wofür womit woher wohin welche welcher welches welchem welchen wie viel"
    " viele als auch dass wenn ob dieser diese dieses diesem diesen jener es gibt",
    "el": "ο η το οι τα του της των τον την τους τις στο στη στην στον στα στους στις ένα ένας μια μία και ή αλλά σε με από για"
    " προς κατά μετά πριν χωρίς είναι ήταν έχει είχε έχουν να θα που πως πώς πού πότε γιατί τι ποιος ποια ποιο ποιοι ποιες ποιων"
    " πόσο πόσα πόσοι πόσες δεν μην αυτό αυτός αυτή αυτά του μας σας τους ως όπως",
    "en": "a an the and or but of in on at by for from to into onto with without about between among through during before after"
    " above below over under again then than as is are was were be been being am do does did doing done have has had having can"
    " could may might must shall should will would not no nor so if it its this that these those there here he him his she her"
    " they them their theirs i me my we us our you your yours who whom whose which what when where why how many much any some"
    " such each both other others own same only just also too very more most please s t isnt arent wasnt werent dont"
    " doesnt didnt havent hasnt hadnt cant couldnt wont wouldnt shouldnt im ive youre theyre",
    "es": "el la los las un una unos unas lo y e o u pero de del al a en por para con sin sobre entre desde hasta hacia según"
    " que qué quien quién quienes quiénes cual cuál cuales cuáles como cómo cuando cuándo donde dónde cuanto cuánto cuanta cuánta"
    " cuantos cuántos cuantas cuántas porqué es son era eran fue fueron ser sido está están estaba ha han había hay no se su sus"
    " le les me te nos mi tu este esta estos estas esto ese esa esos esas eso más muy también si ya",
    "et": "ja või aga on oli olid olla ei et kui mis kes kus millal miks kuidas milline millised mitu palju see need ta tema nad"
    " ma sa me te ka oma selle seda sellel pärast enne ning",
    "eu": "eta edo baina da dira zen ziren du dute zuen ez zer nor non noiz zergatik nola zein zenbat hau hori bat ere dela",
    "fa": "و در به از که این آن با برای را است بود شد شده می های ها ترین تر یک هر تا یا اما هم نیز چه چی کی کجا چرا چگونه چطور"
    " کدام چند آیا او آنها ما شما من خود بین پس پیش بر بی نمی باشد بوده کرد کرده دارد داشت هستند بودند چیست کیست",
    "fi": "ja tai mutta on ovat oli olivat olla ollut ei se ne hän he minä sinä me te tämä nämä tuo joka jotka mitä mikä mitkä kuka"
    " ketkä missä mistä mihin milloin miksi miten kuinka millainen montako että jos kun niin kuin myös sen sitä hänen ovatko onko"
    " kanssa ennen jälkeen",
    "fr": "le la les l un une des de du d au aux à a en dans par pour sur sous avec sans entre vers chez depuis pendant et ou mais"
    " ni que qu qui quoi dont où quand comment pourquoi combien quel quelle quels quelles lequel laquelle lesquels lesquelles est"
    " sont était étaient fut furent être été sera ont avait avoir eu il elle ils elles on nous vous je tu me te se s ce c cet"
    " cette ces son sa ses leur leurs mon ma mes ton ta tes notre nos votre vos ne n pas plus moins très aussi y t si cela ça"
    " est-ce",
    "ga": "an na agus nó ach i ar do de go le ó ag is tá bhí a sé sí siad cad cé cathain conas cén cá fáth seo sin nach ní",
    "gl": "o a os as un unha uns unhas e ou pero de do da dos das en no na nos nas por para con sen sobre que quen cal cales como"
    " cando onde canto cantos cantas por é son era foi foron ser está non se seu súa máis este esta isto",
    "gu": "અને કે છે છું હતું હતી હતા હતો નો ની નું ના માં થી પર માટે શું કોણ કોણે ક્યારે ક્યાં કેમ કેવી કેટલા કેટલી કયા કયો કઈ કયું આ તે એ એક પણ",
    "ha": "da na ta a ya su sun ne ce ga zuwa daga cikin kan don mai masu wannan wanda wadda waɗanda shi ita mene menene ina yaushe"
    " yaya wace wane wa nawa me mece ba ko amma an",
    "he": "של את על אל עם מן כי לא או גם אם הוא היא הם הן זה זאת אלה היה היתה היו מה מי איפה מתי למה מדוע איך כיצד כמה איזה איזו"
    " אילו יש אין כל בין אחרי לפני אשר",
    "hi": "का के की को से में पर और या है हैं था थे थी हो होता होती होते हुआ हुई हुए ने यह ये वह वे इस उस इन उन जो कि क्या कौन"
    " किस किसने किसे किसके किसकी कहाँ कहां कब क्यों कैसे कितना कितने कितनी कौनसा कौनसी तक लिए साथ भी ही नहीं तो एक अपने अपनी अपना"
    " द्वारा करने करता करते करती किया गया गई गए जा रहा रही रहे सा सी थीं एवं तथा",
    "hr": "i u na s sa za od do po iz o je su bio bila bilo bili biti se da ne što tko kako gdje kada zašto koji koja koje koliko"
    " to taj ta ovaj ova ovo on ona oni ja ti mi vi ili ali kao pri između",
    "hu": "a az egy és vagy de is nem hogy ha ki kik mi mit mik hol mikor miért hogyan melyik melyek milyen hány mennyi van vannak"
    " volt voltak lesz lett ez azt ezt ezek azok ő ők én te mi ti meg el be ban ben mint csak már után előtt között szerint",
    "hy": "և ու կամ բայց է են էր էին ի մեջ համար հետ որ ով ինչ որտեղ երբ ինչու ինչպես որքան այս այդ այն նա նրանք մենք դուք ես չի",
    "id": "yang dan atau di ke dari pada dengan untuk dalam oleh adalah ini itu apa siapa kapan mana dimana mengapa kenapa bagaimana"
    " berapa apakah tidak bukan akan telah sudah ia dia mereka kami kita saya anda juga sebagai dapat bisa ada karena bahwa antara"
    " para sebuah seorang",
    "is": "og eða en í á að af til frá með um fyrir við er eru var voru hvað hver hverjir hvar hvenær hvers hvernig hvaða það sá sú þetta"
    " þessi hann hún ekki sem",
    "it": "il lo la i gli le l un uno una e ed o ma di del dello della dei degli delle d a al allo alla ai agli alle in nel nello"
    " nella nei negli nelle da dal dallo dalla dai dagli dalle con su sul sulla sui sulle per tra fra che chi cosa cui quale quali"
    " quando dove come perché quanto quanta quanti quante è sono era erano fu furono essere stato stata stati ha hanno aveva non si"
    " se suo sua suoi sue lui lei loro io tu noi voi questo questa questi queste quello quella ci ne più anche c",
    "ka": "და ან მაგრამ არის იყო რომ რა ვინ სად როდის რატომ როგორ რომელი რამდენი ეს ის ისინი მე შენ ჩვენ თქვენ არ",
    "kk": "және мен бен пен немесе бұл ол бір не кім қайда қашан неге қалай қандай қанша үшін болып болды",
    "kn": "ಮತ್ತು ಅಥವಾ ಆದರೆ ಇದು ಅದು ಈ ಆ ಯಾವ ಯಾವುದು ಯಾರು ಎಲ್ಲಿ ಯಾವಾಗ ಏಕೆ ಹೇಗೆ ಎಷ್ಟು ಏನು ಒಂದು",
    "ko": "은 는 이 가 을 를 의 에 에서 와 과 도 무엇 무엇인가 누구 누가 어디 언제 왜 어떻게 어떤 몇 얼마나 그 이것 저것 있는 있다 하는",
    "lt": "ir ar arba bet yra buvo būti į iš su be apie kas ką kur kada kodėl kaip koks kokia kokie kuris kuri kurie kiek tai tas ta"
    " jis ji jie aš tu mes jūs ne kad per po prie nuo iki už",
    "lv": "un vai bet ir bija būt no ar par uz pie kas ko kur kad kāpēc kā kāds kāda kuri kurš cik tas tā viņš viņa viņi es mēs ne"
    " pēc pirms starp",
    "mk": "и во на со од до по за се е да не што кој која кое кои каде кога зошто како колку ова овој оваа овие тој таа тие беше"
    " биле има или но при меѓу",
    "ml": "ഒരു ഈ ആ അത് ഇത് എന്ത് ഏത് ആര് എവിടെ എപ്പോൾ എന്തുകൊണ്ട് എങ്ങനെ എത്ര ആണ് ആയിരുന്നു എന്ന് അല്ലെങ്കിൽ",
    "mr": "आणि व हे हा ही ते तो ती त्या या आहे आहेत होता होती होते होत्या काय कोण कोणी कधी कुठे कसे किती कोणत्या कोणता कोणती कोणते"
    " मध्ये पासून साठी किंवा पण जे जो",
    "ms": "yang dan atau di ke dari pada dengan untuk dalam oleh adalah ialah ini itu apa apakah siapa bila bilakah mana mengapa"
    " kenapa bagaimana berapa tidak bukan akan telah sudah ia dia mereka kami kita saya anda juga sebagai boleh ada kerana bahawa",
    "nb": "og i på til av for med fra om at en et ei den det de der som er var ble være har hadde kan vil skal ikke hva hvem hvor"
    " når hvorfor hvordan hvilken hvilket hvilke denne dette disse han hun jeg du vi seg sin sitt sine men eller hos ved ut etter"
    " mellom",
    "ne": "को का की मा र वा छ छन् थियो थिए हो हुन् ले लाई बाट यो त्यो के को कसले कहाँ कहिले किन कसरी कति कुन पनि नै लागि सँग भने",
    "nl": "de het een en of maar van in op aan bij met voor door uit naar om over onder tegen zonder te ten ter is zijn was waren"
    " wordt worden werd werden geweest heeft hebben had hadden kan kunnen kon moet zal zou niet geen er hij zij ze wij we ik je u"
    " men zich zijn haar hun wie wat waar wanneer waarom hoe hoeveel welke welk dit dat deze die als ook dan nog naar tussen",
    "pa": "ਅਤੇ ਜਾਂ ਹੈ ਹਨ ਸੀ ਸਨ ਦਾ ਦੇ ਦੀ ਦੀਆਂ ਨੂੰ ਨੇ ਵਿੱਚ ਤੋਂ ਲਈ ਨਾਲ ਕੀ ਕੌਣ ਕਦੋਂ ਕਿੱਥੇ ਕਿਉਂ ਕਿਵੇਂ ਕਿੰਨੇ ਕਿਹੜਾ ਕਿਹੜੀ ਇਹ ਉਹ ਇੱਕ",
    "pl": "i oraz lub albo ale w we na z ze do od po przez przy o u za dla pod nad bez jest są był była było byli były być się nie"
    " to ten ta te ci tego tej tych że co kto kogo komu kim gdzie kiedy dlaczego jak jaki jaka jakie jakich który która które których"
    " ile ilu czy on ona ono oni one ja ty my wy jego jej ich jako między",
    "pt": "o a os as um uma uns umas e ou mas de do da dos das em no na nos nas por pelo pela pelos pelas para com sem sobre entre"
    " até desde que quê quem qual quais como quando onde quanto quanta quantos quantas porque por que é são era eram foi foram ser"
    " sido está estão estava tem têm tinha há não se seu sua seus suas ele ela eles elas eu tu nós vós lhe lhes este esta estes estas"
    " isto esse essa isso aquele aquela mais também ao aos à às já",
    "ro": "și si sau dar de la în in pe cu din pentru prin despre între fără până un o unei unui niște al ai ale a este sunt era erau"
    " fost fi are au avea nu se să că ce cine cui care unde când cum cât câtă câți câte ce de ce el ea ei ele eu tu noi voi lui lor"
    " său sa acest această acești aceste acesta mai ca după",
    "ru": "и в во на с со к ко из у за от до по о об при для без под над через между не ни но а или что чтобы как так это этот эта эти"
    " этого этой тот та те он она оно они его её ее их ему им я ты мы вы мне нас вас себя свой свою своих кто кого кому кем где"
    " куда откуда когда почему зачем какой какая какое какие каких каким какую который которая которое которые которых сколько чем"
    " чего чему был была было были быть есть является являются бы ли же уже также",
    "sk": "a i v vo na s so z zo do od po pre za pri o u k ku je sú bol bola bolo boli byť by že čo kto ako kde kedy prečo ktorý ktorá"
    " ktoré aký aká aké koľko to ten tá tento táto toto on ona oni ja my vy nie alebo ale sa si jeho jej ich",
    "sl": "in ali pa v na s z za od do po iz o je so bil bila bilo bili biti se da ne kaj kdo kako kje kdaj zakaj kateri katera katere"
    " koliko to ta ti tisti on ona oni jaz mi vi kot pri med",
    "so": "oo iyo ama laakiin ka ku u uu ay in waa waxa waxaa waxay ah ee kuwa kee maxay maxaa goorma xaggee sidee ayaa ayey inta immisa",
    "sq": "dhe ose por në të e i me nga për mbi pa është janë ishte ishin një që çfarë kush ku kur pse si cili cila cilat sa ky kjo këto"
    " ai ajo ata ne ju unë nuk se",
    "sr": "и у на с са за од до по из о је су био била било били бити се да не што ко како где када зашто који која које колико то тај"
    " та овај ова ово он она они или али као при између",
    "sv": "och i på till av för med från om att en ett den det de der som är var blev vara har hade kan kommer ska skall inte vad vem"
    " vilka vilken vilket var när varför hur denna detta dessa han hon jag du vi sig sin sitt sina men eller hos vid ut efter"
    " mellan många mycket",
    "sw": "na ya wa za la cha vya kwa katika ni si au lakini kama hii hiyo huyu hawa hao ile nini nani wapi lini gani vipi je ngapi kwa"
    " nini kwamba ambayo ambaye ambao alikuwa ilikuwa walikuwa yake wake wao yeye mimi sisi ninyi pia baada kabla",
    "ta": "ஒரு மற்றும் அல்லது இது அது இந்த அந்த என்ன எது யார் எங்கே எப்போது ஏன் எப்படி எத்தனை என்று உள்ள இருந்து ஆனால் அவர் அவர்கள் நான்"
    " நாம் நீங்கள் இல்லை போன்ற",
    "te": "ఒక మరియు లేదా ఇది అది ఈ ఆ ఏమి ఏది ఎవరు ఎక్కడ ఎప్పుడు ఎందుకు ఎలా ఎన్ని ఎంత ఉంది ఉన్నాయి కానీ నుండి కోసం యొక్క ఆయన వారు నేను"
    " మేము మీరు కాదు",
    "tl": "ang ng sa mga na at o pero ay si ni kay para mula ito iyon iyan ano sino saan kailan bakit paano alin ilan gaano siya sila"
    " ako kami tayo kayo hindi may mayroon din rin kung",
    "tr": "ve veya ya da ile bir bu şu o için gibi kadar de da ki mi mı mu mü ne neden niçin niye nasıl kim kimin kime kimi hangi hangisi"
    " nerede nereye nereden kaç değil var yok olan olarak oldu olmuş idi ise ama fakat en daha çok her onun onlar biz siz"
    " ben sen tarafından sonra önce arasında",
    "uk": "і й та в у на з із зі до від по про за для без під над через між при не ні але а або що щоб як так це цей ця ці цього цієї"
    " той він вона воно вони його її їх я ти ми ви хто кого кому ким де куди звідки коли чому навіщо який яка яке які яких скільки"
    " чим був була було були бути є б би чи ж вже також",
    "ur": "کا کے کی کو سے میں پر اور یا ہے ہیں تھا تھے تھی ہو ہوا ہوئی ہوئے نے یہ وہ اس ان جو کہ کیا کون کس کہاں کب کیوں کیسے کتنا"
    " کتنے کتنی تک لیے ساتھ بھی ہی نہیں تو ایک اپنے اپنی اپنا کرنے کیا گیا گئی",
    "uz": "va yoki bu u bir bilan uchun ham nima kim kimning qayerda qachon nega qanday qaysi necha bor yo'q edi",
    "vi": "và của là có cho trong với các những một được không này đó khi nào ở đâu ai gì thế bao nhiêu như từ đến bởi vì hay"
    " hoặc nhưng thì mà để đã đang sẽ bị tại về theo nó họ tôi chúng ta",
    "yo": "ni ti si fun pẹlu lati ninu lori ati tabi ṣugbọn kí kini tani ta nibo ìgbà wo báwo ọ mélòó tó ó wọ́n rẹ̀ àwọn náà pé",
    "zu": "futhi noma kodwa ukuthi lo le leli lesi ngubani yini kuphi nini kanjani ngoba bonke ngo nge uma",
}
_LISTS["nn"] = _LISTS["nb"]
_LISTS["bs"] = _LISTS["hr"]
_LISTS["sr"] += " " + _LISTS["hr"] + " ko šta gde"  # in both alphabets

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset([*map(fold, words.split()), *terms(words)]) for language, words in _LISTS.items()
}
"""Primary subtag of BCP 47 → words, as the terms of a question are: with and without accents, of Korean the pairs."""

SENTENCE = 4
"""Words from which on a question may be a sentence."""


def function_words(terms: Sequence[str]) -> frozenset[str]:
    """The function words of a question, told by the language that has most of them; empty when it is no sentence.

    A question's language is not asked. One such word alone may be another language's noun, and where there is nothing
    else in the question they are what is asked for.
    """
    if len(terms) < SENTENCE:
        return frozenset()
    different = frozenset(terms)
    found = max((different & words for words in FUNCTION_WORDS.values()), key=len)
    return found if 1 < len(found) < len(different) else frozenset()
