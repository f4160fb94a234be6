-- What a table becomes in HTML, whoever writes it: heads of columns and of rows, as those hear them
-- who don't see the page.

-- Kept in sight at the left of a table that scrolls sideways.
local function caption(tbl)
  local inlines = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  if #inlines > 0 then
    tbl.caption.long = { pandoc.Plain({ pandoc.Span(inlines) }) }
  end
end

local function scoped(cell, scope)
  cell.attributes["scope"] = scope
end

-- The first `heads` columns name the row.
local function headed(tbl, heads)
  caption(tbl)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      scoped(cell, "col")
    end
  end
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = heads
    for _, row in ipairs(body.body) do
      for place = 1, heads do
        scoped(row.cells[place], "row")
      end
    end
  end
  return tbl
end

-- Which columns stand at the right is said once of the table's box (page.css): a style in every cell
-- is a fifth of a long page.
local function right(tbl)
  local places = {}
  for place, spec in ipairs(tbl.colspecs) do
    if spec[1] == pandoc.AlignRight then
      places[#places + 1] = tostring(place)
    end
  end
  tbl.colspecs = tbl.colspecs:map(function(spec)
    return { pandoc.AlignDefault, spec[2] }
  end)
  return table.concat(places, " ")
end

function Div(div)
  local heads = tonumber(div.attributes.heads)
  if not heads then
    return nil
  end
  local places
  local made = div:walk({
    Table = function(tbl)
      places = right(tbl)
      return headed(tbl, heads)
    end,
  })
  made.attributes.right = places
  return made
end
