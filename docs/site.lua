-- What the documents need beside Markdown, whoever writes the site: links between pages, tables that scroll.

-- Of this site other pages are .html; what lies outside of it (a file of the project) is named, not linked to.
function Link(link)
  local target = link.target
  if target:match("^%a+://") or target:match("^#") then
    return nil
  end
  if target:match("^%.%./%.%./") or not target:match("%.md") then
    return link.content
  end
  link.target = target:gsub("%.md$", ".html"):gsub("%.md#", ".html#")
  return link
end

-- Columns of sentences, which a phone must not squeeze to a word a line.
local function long(tbl)
  local places = {}
  for place = 1, #tbl.colspecs do
    for _, row in ipairs(tbl.bodies[1].body) do
      if utf8.len(pandoc.utils.stringify(row.cells[place].contents)) > 32 then
        places[#places + 1] = tostring(place)
        break
      end
    end
  end
  return table.concat(places, " ")
end

-- In the box that page.lua and page.css know: the first column names the row.
function Table(tbl)
  return pandoc.Div(tbl, pandoc.Attr("", { "scroll" }, { heads = "1", long = long(tbl), tabindex = "0" }))
end

-- A title that stands in the page's head is not said again.
function Pandoc(doc)
  local first = doc.blocks[1]
  if doc.meta.title and first and first.t == "Header" and first.level == 1 then
    doc.blocks:remove(1)
  end
  return doc
end
