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

-- page.lua makes a head of the first column, page.css does the rest.
function Table(tbl)
  return pandoc.Div(tbl, pandoc.Attr("", { "scroll" }, { heads = "1", tabindex = "0" }))
end

-- A title that stands in the page's head is not said again.
function Pandoc(doc)
  local first = doc.blocks[1]
  if doc.meta.title and first and first.t == "Header" and first.level == 1 then
    doc.blocks:remove(1)
  end
  return doc
end
