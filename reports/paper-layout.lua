-- How a paper is laid out, PDF or Word, once paper.lua has left on it what belongs there: charts carry
-- their sentence, tables get widths from what they hold, and divisions their style.

local is_typst = FORMAT:match("typst") ~= nil
local stringify = pandoc.utils.stringify

-- Divisions that the typst template has a function for, and Word a style.
local TYPST = {
  headline = true, failed = true, brief = true, chart = true, below = true,
  ["appendix-name"] = true, ["appendix-title"] = true, ["appendix-of"] = true,
}
local WORD = {
  headline = "Headline", failed = "Failed", chart = "Chart", below = "Chart Source",
  ["appendix-name"] = "Appendix Name", ["appendix-title"] = "Appendix Title", ["appendix-of"] = "Appendix Of",
}
-- What ends a page in Word, in a line without height.
local PAGE_BREAK = '<w:p><w:pPr><w:pStyle w:val="PageEnd"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>'
-- A table of more columns than this has small letters (columns.py, which works out widths, knows it too).
local FEW_COLUMNS = 6
-- The picture of the brief leaves room for the words on its page.
local PICTURE = "11cm"
-- So that two charts of an agency stand on one page.
local PANEL = "12cm"
-- A chart higher than this share of its width would be a strip too thin to read on one page.
local HIGHEST = 3

local function raw(text)
  return pandoc.RawBlock("typst", text)
end

local function raw_inline(text)
  return pandoc.RawInline("typst", text)
end

local function is_too_high(source)
  local found, content = pcall(function()
    local _, blob = pandoc.mediabag.fetch(source)
    return pandoc.image.size(blob)
  end)
  return found and content.height > HIGHEST * content.width
end

-- A string of typst, whatever `text` holds.
local function quoted(text)
  return '"' .. text:gsub("[%c\\\"]", { ["\\"] = "\\\\", ['"'] = '\\"' }):gsub("%c", " ") .. '"'
end

-- The sentence of a chart goes where each writer keeps it; pandoc's typst writer drops it.
function Image(image)
  local alt = image.attributes.alt or stringify(image.caption)
  if alt == "" then
    alt = image.title ~= "" and image.title or pandoc.path.filename(image.src)
  end
  if is_too_high(image.src) then
    return pandoc.Emph(pandoc.Str(alt))
  end
  if is_typst then
    return raw_inline("#box(image(" .. quoted(image.src) .. ", alt: " .. quoted(alt) .. "))")
  end
  image.attributes.alt = nil
  image.caption = { pandoc.Str(alt) }
  return image
end

-- Word takes a style for a paragraph only, not for a plain line.
local function paragraphs(blocks)
  return blocks:map(function(block)
    return block.t == "Plain" and pandoc.Para(block.content) or block
  end)
end

-- A table with its caption, written out whole: Quarto has pandoc leave the figure around a table
-- out, and the caption with it.
local function figure(tbl)
  local inlines = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  local ending = pandoc.Inlines({ raw_inline("], kind: table") })
  if #inlines > 0 then
    ending:insert(raw_inline(", caption: ["))
    ending:extend(inlines)
    ending:insert(raw_inline("]"))
  end
  ending:insert(raw_inline(")"))
  tbl.caption = { long = {} }
  tbl.classes:insert("typst:no-figure")
  return pandoc.Blocks({ raw("#figure(align(center)["), tbl, pandoc.Plain(ending) })
end

-- The widths of columns stand with the caption: reading every cell takes longer than writing it. A table
-- without them, such as an analyst's own, is left to the program that shows it.
local function set_widths(tbl)
  local column = 0
  for share in (tbl.attributes.widths or ""):gmatch("%d+") do
    column = column + 1
    tbl.colspecs[column] = { tbl.colspecs[column][1], tonumber(share) / 1e5 }
  end
  tbl.attributes.widths = nil
end

function Table(tbl)
  set_widths(tbl)
  if is_typst then
    local blocks = figure(tbl)
    if tbl.classes:includes("short") then
      blocks:insert(1, raw("#short["))
      blocks:insert(raw("]"))
    end
    return blocks
  end
  -- publishing/word.py gives the style of the table to what stands in its cells.
  tbl.attributes["custom-style"] = #tbl.colspecs > FEW_COLUMNS and "Table Small" or "Table Text"
  return tbl
end

-- In Word, what stands side by side are the cells of one row.
local function in_a_row(items)
  local row, aligns, shares = {}, {}, {}
  for place, blocks in ipairs(items) do
    row[place] = { pandoc.Div(paragraphs(pandoc.Blocks(blocks)), { ["custom-style"] = "Card" }) }
    aligns[place], shares[place] = pandoc.AlignLeft, 1 / #items
  end
  return pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, shares, {}, { row }))
end

-- Blocks side by side, by the function `name` of the template or as a table.
local function side_by_side(name, items)
  if #items == 0 then
    return nil
  elseif not is_typst then
    return in_a_row(items)
  end
  local blocks = pandoc.Blocks({ raw("#" .. name .. "(") })
  for _, item in ipairs(items) do
    blocks:insert(raw("["))
    blocks:extend(item)
    blocks:insert(raw("],"))
  end
  blocks:insert(raw(")"))
  return blocks
end

-- The large figures of a page.
local function facts(div)
  local list = div.content[1]
  if #div.content ~= 1 or list.t ~= "BulletList" then
    return nil
  end
  return side_by_side("facts", list.content)
end

-- Orders, each a division of its own.
local function orders(div)
  local items = {}
  for _, block in ipairs(div.content) do
    if block.t == "Div" then
      items[#items + 1] = block.content
    end
  end
  return side_by_side("orders", items)
end

local function with_pictures(blocks, width)
  return blocks:walk({
    Image = function(image)
      image.attributes.width = width
      return image
    end,
  })
end

-- Panels stand beside each other, two by two; in Word one below the other, two on a page.
local function panels(div)
  if not is_typst then
    return with_pictures(div.content, PANEL)
  end
  return side_by_side("panels", div.content:map(function(panel)
    return { panel }
  end))
end

-- In Word, one page with smaller letters: the orders, the picture, who moved.
local function brief(div)
  local content = with_pictures(pandoc.Blocks(paragraphs(div.content)), PICTURE):walk({
    BulletList = function(list)
      list.content = list.content:map(paragraphs)
      return list
    end,
  })
  local styled = pandoc.Div(content, { ["custom-style"] = "Brief" })
  return { styled, pandoc.RawBlock("openxml", PAGE_BREAK) }
end

function Div(div)
  for _, class in ipairs(div.classes) do
    if class == "facts" then
      return facts(div)
    elseif class == "orders" then
      return orders(div)
    elseif class == "panels" then
      return panels(div)
    elseif is_typst and TYPST[class] then
      local blocks = pandoc.Blocks({ raw("#" .. class .. "[") })
      blocks:extend(div.content)
      blocks:insert(raw("]"))
      return blocks
    elseif not is_typst and class == "brief" then
      return brief(div)
    elseif not is_typst and WORD[class] then
      div.attributes["custom-style"] = WORD[class]
      return div
    end
  end
end

-- Who signs does not stand alone on a page: the last words before keep to them.
local function with_last_words(document)
  local last = document.blocks[#document.blocks]
  if not (document.meta.chiso and document.meta.chiso.paper and last) then
    return nil
  end
  if last.t == "BulletList" and #last.content > 1 then
    local item = last.content:remove()
    last = pandoc.BulletList({ item })
    document.blocks:insert(last)
  end
  if last.t ~= "BulletList" and last.t ~= "Para" then
    return document
  end
  document.blocks:remove()
  if is_typst then
    document.blocks:extend({ raw("#block(sticky: true, width: 100%)["), last, raw("]") })
  elseif last.t == "Para" then
    document.blocks:insert(pandoc.Div({ last }, { ["custom-style"] = "Last Paragraph" }))
  else
    last.content[1] = { pandoc.Div(paragraphs(last.content[1]), { ["custom-style"] = "Last Words" }) }
    document.blocks:insert(last)
  end
  return document
end

return {
  { Image = Image, Table = Table, Div = Div },
  { Pandoc = with_last_words },
}
