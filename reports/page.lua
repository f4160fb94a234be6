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

function Div(div)
  local heads = tonumber(div.attributes.heads)
  if not heads then
    return nil
  end
  return div:walk({
    Table = function(tbl)
      return headed(tbl, heads)
    end,
  })
end
