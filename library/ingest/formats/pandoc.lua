-- Leaves of a document what the library's Markdown can say, and writes beside it the plain text (text.txt) and what the
-- document says about itself (about.json), both in the working folder.

local stringify = pandoc.utils.stringify
local pictures, formulas = pandoc.List({}), 0
-- A picture stands in the text as a mark that the caller resolves: its number between two private-use characters.
local MARK = '\u{e0f0}%d\u{e0f1}'
local ANY_MARK = '\u{e0f0}%d+\u{e0f1}'
local LONG_CELL = 1200 -- characters from which a table's cell is a piece of layout rather than a cell

local function write(name, text)
  local file = assert(io.open(name, 'wb'))
  file:write(text)
  file:close()
end

local function content(el) return el.content end
local function without_marks(text) return (text:gsub(ANY_MARK, '')) end

local function marked(el)
  local number = #pictures + 1
  pictures:insert({src = el.src, alt = stringify(el.caption), title = el.title})
  if PANDOC_STATE.input_files[1]:match('%.rtf$') then -- the one format with pictures in the text itself
    local _, bytes = pandoc.mediabag.lookup(el.src)
    if bytes then write('picture-' .. number, bytes) end
  end
  return pandoc.Str(MARK:format(number))
end

local function plain_when_empty(el)
  if not without_marks(stringify(el)):match('%S') then return el.content end
end

local function nothing() return {} end

local function wrapped(tag)
  return function(el)
    local inlines = pandoc.Inlines({pandoc.RawInline('markdown', '<' .. tag .. '>')})
    inlines:extend(el.content)
    inlines:insert(pandoc.RawInline('markdown', '</' .. tag .. '>'))
    return inlines
  end
end

local function on_one_line(inlines)
  return inlines:walk({
    LineBreak = function() return pandoc.Space() end,
    SoftBreak = function() return pandoc.Space() end,
  })
end

local function in_contents(target)
  return target:match('^#_Toc') or target:match('^#__RefHeading') or target:match('^#toc')
end

-- A line of a table of contents: nothing but a link into the document. The headings themselves say the same.
local function is_contents_line(el)
  local linked = false
  for _, inline in ipairs(el.content) do
    if inline.t == 'Link' and in_contents(inline.target) then
      linked = true
    elseif inline.t ~= 'Space' and inline.t ~= 'SoftBreak' and stringify(inline):match('%S') then
      return false
    end
  end
  return linked
end

local function headings_within(blocks)
  local found = false
  blocks:walk({Header = function() found = true end, Table = function() found = true end})
  return found
end

local function rows_of(t)
  local simple = pandoc.utils.to_simple_table(t)
  local rows = pandoc.List({})
  local function filled(row)
    for _, cell in ipairs(row) do
      if stringify(pandoc.Blocks(cell)):match('%S') then return true end
    end
    return false
  end
  local headed = #simple.headers > 0 and filled(simple.headers)
  if headed then rows:insert(simple.headers) end
  for _, row in ipairs(simple.rows) do
    if filled(row) then rows:insert(row) end
  end
  return rows, headed, simple
end

local function cells_in_order(rows, simple)
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(pandoc.Blocks({pandoc.Plain(simple.caption)})) do
    if stringify(block):match('%S') then blocks:insert(pandoc.Para(block.content)) end
  end
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row) do
      for _, block in ipairs(cell) do
        blocks:insert(block.t == 'Plain' and pandoc.Para(block.content) or block)
      end
    end
  end
  return blocks
end

local function plain_table(t)
  local rows, headed, simple = rows_of(t)
  if #rows == 0 then return {} end
  local columns, layout = 0, #rows == 1
  local used = {}
  for _, row in ipairs(rows) do
    columns = math.max(columns, #row)
    for number, cell in ipairs(row) do
      local blocks = pandoc.Blocks(cell)
      local text = stringify(blocks)
      if text:match('%S') then used[number] = true end
      if #text > LONG_CELL or headings_within(blocks) then layout = true end
    end
  end
  local kept = {}
  for number = 1, columns do
    if used[number] then table.insert(kept, number) end
  end
  if layout or #kept < 2 then return cells_in_order(rows, simple) end

  local lines, short = {}, true
  for line, row in ipairs(rows) do
    local cells = {}
    for _, number in ipairs(kept) do
      local blocks = pandoc.Blocks(row[number] or {})
      local inlines = on_one_line(pandoc.utils.blocks_to_inlines(blocks, {pandoc.Space()}))
      local text = stringify(inlines)
      if line == 1 and (#text > 80 or not text:match('%S')) then short = false end
      table.insert(cells, pandoc.Blocks({pandoc.Plain(inlines)}))
    end
    table.insert(lines, cells)
  end
  local header, aligns, widths = {}, {}, {}
  if headed or (short and #lines > 1) then header = table.remove(lines, 1) end
  for number = 1, #kept do
    aligns[number], widths[number] = pandoc.AlignDefault, 0
    if not header[number] then header[number] = pandoc.Blocks({}) end
  end
  local result = pandoc.Blocks({pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, header, lines))})
  if stringify(simple.caption):match('%S') then
    result:insert(1, pandoc.Para({pandoc.Emph(on_one_line(simple.caption))}))
  end
  return result
end

local clean = {
  Image = marked,
  Figure = function(el)
    local blocks = el.content
    for _, block in ipairs(el.caption.long) do blocks:insert(pandoc.Para(block.content or {})) end
    return blocks
  end,
  Math = function(el)
    formulas = formulas + 1
    return pandoc.Code(el.text)
  end,
  Span = content, Div = content, Underline = content, SmallCaps = content, Quoted = function(el)
    local open, close = '“', '”'
    if el.quotetype == 'SingleQuote' then open, close = '‘', '’' end
    local inlines = pandoc.Inlines({pandoc.Str(open)})
    inlines:extend(el.content)
    inlines:insert(pandoc.Str(close))
    return inlines
  end,
  Cite = content,
  Superscript = wrapped('sup'), Subscript = wrapped('sub'), Strikeout = wrapped('del'),
  RawInline = nothing, RawBlock = nothing,
  Code = function(el) return pandoc.Code(el.text) end,
  CodeBlock = function(el) return pandoc.CodeBlock(el.text) end,
  Emph = plain_when_empty, Strong = plain_when_empty,
  Link = function(el)
    local target = el.target
    if not stringify(el):match('%S') then return {} end
    if target:match('^https?://%S+$') or target:match('^mailto:%S+$') then
      return pandoc.Link(on_one_line(el.content), target)
    end
    if in_contents(target) then return pandoc.Link(el.content, target) end
    return el.content
  end,
  LineBlock = function(el)
    local inlines = pandoc.Inlines({})
    for number, line in ipairs(el.content) do
      if number > 1 then inlines:insert(pandoc.LineBreak()) end
      inlines:extend(line)
    end
    return pandoc.Para(inlines)
  end,
}

local blocks = {
  Para = function(el)
    if is_contents_line(el) or not stringify(el):match('%S') and #el.content:filter(function(x) return x.t == 'Note' end) == 0 then
      return {}
    end
  end,
  Plain = function(el) if is_contents_line(el) then return {} end end,
  Link = function(el) if in_contents(el.target) then return el.content end end,
  Header = function(el)
    local inlines = on_one_line(el.content):walk({
      Strong = content, Emph = content, Note = nothing,
    })
    local shown = inlines:filter(function(x) return x.t == 'Str' and x.text:match(ANY_MARK) end)
    inlines = inlines:filter(function(x) return not (x.t == 'Str' and x.text:match(ANY_MARK)) end)
    local parts = pandoc.Blocks({})
    if stringify(inlines):match('%S') then parts:insert(pandoc.Header(el.level, inlines)) end
    for _, mark in ipairs(shown) do parts:insert(pandoc.Para({mark})) end
    return parts
  end,
  Table = plain_table,
}

local function plain_text(doc)
  local lines = {}
  local function line(inlines)
    local parts = {}
    inlines:walk({
      traverse = 'topdown',
      Str = function(el) table.insert(parts, el.text) end,
      Code = function(el) table.insert(parts, el.text) end,
      Space = function() table.insert(parts, ' ') end,
      SoftBreak = function() table.insert(parts, ' ') end,
      LineBreak = function() table.insert(parts, '\n') end,
      Note = function(el) return el, false end,
    })
    table.insert(lines, table.concat(parts))
  end
  doc:walk({
    traverse = 'topdown',
    Para = function(el) line(el.content) end,
    Plain = function(el) line(el.content) end,
    Header = function(el) line(el.content) end,
    DefinitionList = function(el)
      for _, item in ipairs(el.content) do line(item[1]) end
    end,
    CodeBlock = function(el) table.insert(lines, el.text) end,
  })
  return table.concat(lines, '\n')
end

local function said(value)
  if value == nil then return {} end
  local list = {}
  if pandoc.utils.type(value) == 'List' then
    for _, item in ipairs(value) do
      if type(item) == 'table' and item.text then item = item.text end
      table.insert(list, stringify(item))
    end
  else
    table.insert(list, stringify(value))
  end
  return list
end

local function report(doc)
  local about = {
    title = said(doc.meta.title), author = said(doc.meta.author or doc.meta.creator), date = said(doc.meta.date),
    lang = said(doc.meta.lang or doc.meta.language), pictures = pictures, formulas = formulas,
  }
  write('about.json', pandoc.json.encode(about))
  write('text.txt', plain_text(doc))
  return pandoc.Pandoc(doc.blocks, {})
end

return {clean, blocks, {Pandoc = report}}
