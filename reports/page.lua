-- What a table becomes in HTML, whoever writes it: which columns name its rows, and a caption that stays
-- in sight. Cells are left alone: between Haskell and Lua each of them takes longer than to be written.

-- Kept in sight at the left of a table that scrolls sideways.
local function caption(tbl)
  local inlines = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  if #inlines > 0 then
    tbl.caption.long = { pandoc.Plain({ pandoc.Span(inlines) }) }
  end
end

-- Which columns stand at the right is said once of the table's box (page.css): a style in every cell
-- is a fifth of a long page.
local function unaligned(specs)
  return specs:map(function(spec)
    return { pandoc.AlignDefault, spec[2] }
  end)
end

-- The first `heads` columns of a table in its box name the row.
function Div(div)
  local heads = tonumber(div.attributes.heads)
  if not heads then
    return nil
  end
  for _, block in ipairs(div.content) do
    if block.t == "Table" then
      caption(block)
      -- For paper (paper-layout.lua).
      block.attributes.widths = nil
      block.classes = {}
      block.colspecs = unaligned(block.colspecs)
      for _, body in ipairs(block.bodies) do
        body.row_head_columns = heads
      end
    end
  end
  return div
end
