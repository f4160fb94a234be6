-- The papers of a page, written in the run of pandoc that writes its HTML: the document is read once.
-- <page>.typ is for typst's compiler. Each is what its format in _quarto.yml asks for.

local stringify = pandoc.utils.stringify

local function read(name)
  local file <close> = assert(io.open(name, "rb"))
  return file:read("a")
end

local function write(name, content)
  local file = assert(io.open(name, "wb"))
  assert(file:write(content))
  assert(file:close())
end

local project = pandoc.read("---\n" .. read("_quarto.yml") .. "---\n", "markdown").meta

local function filtered(document, name, kind)
  return pandoc.utils.run_lua_filter(document, name, setmetatable({ FORMAT = kind }, { __index = _G }))
end

-- `document`, from which paper.lua has taken what no paper needs, as `kind` by a template, its options
-- and the filters that follow paper.lua.
local function written(document, kind, template)
  local asked = project.format[kind]
  local options = { template = pandoc.template.compile(read(template), template) }
  if asked.wrap then
    options.wrap_text = stringify(asked.wrap)
  end
  if asked["reference-doc"] then
    options.reference_doc = stringify(asked["reference-doc"])
  end
  for place = 2, #asked.filters do
    document = filtered(document, stringify(asked.filters[place]), kind)
  end
  return pandoc.write(document, kind, options)
end

function Pandoc(document)
  local page = pandoc.path.split_extension(PANDOC_STATE.input_files[1])
  local output = pandoc.path.join({ stringify(project.project["output-dir"]), page })
  document = filtered(document, "paper.lua", FORMAT)
  -- Quarto puts the same two parts into a template of its own.
  write(page .. ".typ", written(document, "typst", "paper.typst"))
  write(output .. ".docx", written(document, "docx", stringify(project.format.docx.template)))
end
