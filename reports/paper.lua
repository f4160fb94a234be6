-- What of a page goes on paper, PDF or Word, which both begin from: links to other pages become words,
-- what only a screen needs is left out, headings are put in order, a letter becomes one.
-- How it is laid out: paper-layout.lua.

-- Divisions and words that only a screen needs.
local SCREEN_ONLY = { filters = true, downloads = true, files = true, nearby = true, screen = true }
local NO_BREAK = "\u{a0}"

local function is_page(target)
  return target:match("^#") or target:match("%.html$") or target:match("%.html#")
end

-- A page of the site is no place on paper, and a file to download even less.
function Link(link)
  if link.target:match("^https?:") then
    return nil
  end
  return is_page(link.target) and link.content or {}
end

-- Nor does a paragraph say anything there that only leads to a page.
function Para(para)
  local link = para.content[1]
  return #para.content == 1 and link.t == "Link" and is_page(link.target) and {} or nil
end

-- A formula has no words to be listened to; pages need none, so it is shown as it was typed.
function Math(formula)
  return pandoc.Emph(pandoc.Str(formula.text))
end

local function without_screen(element)
  for _, class in ipairs(element.classes) do
    if SCREEN_ONLY[class] then
      return {}
    end
  end
end

-- Headings begin at level 1 and never skip one, as those expect who listen to a document.
local function in_order(document)
  local top, last = 6, 0
  document:walk({
    Header = function(header)
      top = math.min(top, header.level)
    end,
  })
  return document:walk({
    Header = function(header)
      header.level = math.min(header.level - top + 1, last + 1)
      last = header.level
      return header
    end,
  })
end

-- A heading below which nothing is left goes with it.
local function without_empty(document)
  local kept = pandoc.Blocks({})
  for place, block in ipairs(document.blocks) do
    local following = document.blocks[place + 1]
    local is_empty = block.t == "Header"
      and (not following or following.t == "Header" and following.level <= block.level)
    if not is_empty then
      kept:insert(block)
    end
  end
  document.blocks = kept
  return document
end

-- A report is called by its subject; where its figures come from stands at its very end.
local function as_report(document)
  local frame = document.meta.chiso and document.meta.chiso.paper
  if not frame then
    return nil
  end
  document.meta.title = frame.subject or frame.about
  local kept, level = pandoc.Blocks({}), nil
  for _, block in ipairs(document.blocks) do
    if block.t == "Header" and level and block.level <= level then
      level = nil
    end
    if block.t == "Header" and block.identifier == "provenance" then
      level = block.level
    end
    if not level then
      kept:insert(block)
    end
  end
  document.blocks = kept
  return document
end

-- In a letter every item of a list is a paragraph with its dash or number, as such letters have it.
local function as_paragraphs(list)
  local blocks = pandoc.Blocks({})
  for place, item in ipairs(list.content) do
    local mark = list.t == "OrderedList" and (list.start + place - 1) .. "." or "-"
    for position, block in ipairs(item) do
      if block.t == "BulletList" or block.t == "OrderedList" then
        blocks:extend(as_paragraphs(block))
      else
        local words = pandoc.Inlines(block.content)
        if position == 1 then
          words:insert(1, pandoc.Str(mark .. NO_BREAK))
        end
        blocks:insert(pandoc.Para(words))
      end
    end
  end
  return blocks
end

-- A letter has no headings; its appendices stand behind the signature, on pages of their own.
local function as_letter(document)
  local frame = document.meta.chiso and document.meta.chiso.paper
  if not (frame and frame.addressed) then
    return nil
  end
  local kept, appendices = pandoc.Blocks({}), {}
  for _, block in ipairs(document.blocks) do
    if block.t == "Div" and block.classes:includes("appendix") then
      appendices[#appendices + 1] = pandoc.MetaBlocks(block.content)
    elseif block.t == "BulletList" or block.t == "OrderedList" then
      kept:extend(as_paragraphs(block))
    else
      kept:insert(block)
    end
  end
  frame.appendices = pandoc.MetaList(appendices)
  document.meta.chiso.paper = frame
  document.blocks = kept
  return document
end

return {
  { Pandoc = as_report },
  { Para = Para, Div = without_screen },
  { Link = Link, Math = Math, Span = without_screen },
  { Pandoc = without_empty },
  { Pandoc = in_order },
  { Pandoc = as_letter },
}
