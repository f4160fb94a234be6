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

-- `document` as `kind` by a template, its options and its filters.
local function written(document, kind, template)
  local asked = project.format[kind]
  local options = { template = pandoc.template.compile(read(template), template) }
  if asked.wrap then
    options.wrap_text = stringify(asked.wrap)
  end
  if asked["reference-doc"] then
    options.reference_doc = stringify(asked["reference-doc"])
  end
  for _, filter in ipairs(asked.filters) do
    local env = setmetatable({ FORMAT = kind }, { __index = _G })
    document = pandoc.utils.run_lua_filter(document, stringify(filter), env)
  end
  return pandoc.write(document, kind, options)
end

function Pandoc(document)
  local page = pandoc.path.split_extension(PANDOC_STATE.input_files[1])
  local output = pandoc.path.join({ stringify(project.project["output-dir"]), page })
  -- Quarto puts the same two parts into a template of its own.
  write(page .. ".typ", written(document, "typst", "paper.typst"))
  write(output .. ".docx", written(document, "docx", stringify(project.format.docx.template)))
end
