-- What the client is configured with, and where a project's root is. Works from Neovim 0.7 on.

local M = {}

M.manifest = 'samuel-plugin.toml'

-- The name that vim.lsp knows the client by.
M.client_name = 'samuel_lsp'

M.defaults = {
  -- The program and its arguments.
  cmd = { 'samuel-lsp', 'serve' },
  -- true or false to decide about trust here; nil lets the server ask once for each workspace.
  trusted = nil,
  -- Draw code lenses. Every lens is a code action too.
  code_lens = true,
  -- The same settings as in every editor, without the `samuel.` in front.
  settings = {},
}

local current = vim.deepcopy(M.defaults)

--- Merges the user's options over the defaults.
function M.set(options)
  current = vim.tbl_deep_extend('force', vim.deepcopy(M.defaults), options or {})
end

--- The options in force.
function M.get()
  return current
end

local function exists(path)
  return (vim.uv or vim.loop).fs_stat(path) ~= nil
end

--- The project's root for a file: the nearest folder above it that holds samuel.toml or
--- .samuel/plugins, else the nearest repository, else the file's own folder. Never the home folder
--- or one above it.
function M.root(file)
  local home = vim.fn.fnamemodify('~', ':p'):gsub('/$', '')
  local own = vim.fn.fnamemodify(file, ':p:h')
  local repository
  local dir = own
  while dir ~= home do
    if exists(dir .. '/samuel.toml') or exists(dir .. '/.samuel/plugins') then
      return dir
    end
    if not repository and exists(dir .. '/.git') then
      repository = dir
    end
    local parent = vim.fn.fnamemodify(dir, ':h')
    if parent == dir then
      break
    end
    dir = parent
  end
  return repository or own
end

--- Whether plugins are installed in the project of a file, so that its saves concern the server.
function M.has_plugins(file)
  return exists(M.root(file) .. '/.samuel/plugins')
end

--- What initialize sends along.
function M.init_options()
  if current.trusted == nil then
    return vim.empty_dict()
  end
  return { trusted = current.trusted }
end

--- The settings in the shape that workspace/configuration asks for.
function M.settings()
  return { samuel = vim.tbl_isempty(current.settings) and vim.empty_dict() or current.settings }
end

return M
