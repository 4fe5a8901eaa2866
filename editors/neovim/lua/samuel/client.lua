-- Starts the client and attaches buffers, in the way each version of Neovim has for it.

local config = require('samuel.config')
local handlers = require('samuel.handlers')

local M = {}

-- The clients that were started here, root -> client id. One that has not yet answered initialize is
-- not in Neovim's own list, and before 0.8 clients are not shared by root.
local started = {}

local function by_root(root)
  local client = started[root] and vim.lsp.get_client_by_id(started[root])
  return client or nil
end

--- The running clients.
function M.all()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  return vim.tbl_filter(function(client)
    return client.name == config.client_name
  end, get())
end

--- The client that serves a file's project, if there is one.
function M.of(file)
  local root = config.root(file)
  local own = by_root(root)
  if own then
    return own
  end
  for _, client in ipairs(M.all()) do
    if client.config.root_dir == root then
      return client
    end
  end
  return nil
end

local function on_attach(_, bufnr)
  if config.get().code_lens then
    require('samuel.lenses').attach(bufnr)
  end
end

--- What vim.lsp needs to start a client for a root.
function M.options(root)
  return {
    name = config.client_name,
    cmd = config.get().cmd,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    init_options = config.init_options(),
    settings = config.settings(),
    capabilities = handlers.capabilities(),
    handlers = handlers.missing(),
    on_attach = on_attach,
  }
end

-- Before 0.11, vim.lsp.start attaches the buffer in any case, and 0.7 has no vim.lsp.start.
local function start_detached(options)
  local client = by_root(options.root_dir)
  return client and client.id or vim.lsp.start_client(options)
end

local function start_0_7(options, bufnr)
  local id = start_detached(options)
  if id then
    vim.lsp.buf_attach_client(bufnr, id)
  end
  return id
end

-- Tells the user once that the program is missing, instead of at every file.
local told = false

local function available()
  if vim.fn.executable(config.get().cmd[1]) == 1 then
    return true
  end
  if not told then
    told = true
    vim.notify(('samuel: %s cannot be run; :checkhealth samuel says what to do'):format(config.get().cmd[1]), vim.log.levels.WARN)
  end
  return false
end

--- Starts the server for a manifest's buffer, or attaches the buffer to the one that runs.
function M.start(bufnr)
  if not available() then
    return
  end
  local options = M.options(config.root(vim.api.nvim_buf_get_name(bufnr)))
  if vim.lsp.start then
    started[options.root_dir] = vim.lsp.start(options, { bufnr = bufnr })
  else
    started[options.root_dir] = start_0_7(options, bufnr)
  end
end

--- Starts the server for a project without attaching a buffer: a save there concerns it, though
--- no manifest is open.
function M.start_for(file)
  if not available() then
    return
  end
  local options = M.options(config.root(file))
  if vim.fn.has('nvim-0.11') == 1 then
    started[options.root_dir] = vim.lsp.start(options, { attach = false })
  else
    started[options.root_dir] = start_detached(options)
  end
end

--- Tells the server of a save in a buffer it is not attached to.
function M.saved(bufnr)
  local file = vim.api.nvim_buf_get_name(bufnr)
  local client = M.of(file)
  if client and not vim.lsp.buf_is_attached(bufnr, client.id) then
    M.notify(client, 'samuel/didSave', { uri = vim.uri_from_bufnr(bufnr) })
  end
end

--- Sends a notification; the calling style changed with Neovim 0.11.
function M.notify(client, method, params)
  if vim.fn.has('nvim-0.11') == 1 then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

--- Runs a server command and gives the error, if any, to the user, the result to on_result.
function M.execute(client, command, arguments, on_result)
  local params = { command = command, arguments = arguments }
  local function done(err, result)
    if err then
      vim.notify('samuel: ' .. err.message, vim.log.levels.ERROR)
    elseif on_result then
      on_result(result)
    end
  end
  if vim.fn.has('nvim-0.11') == 1 then
    client:request('workspace/executeCommand', params, done)
  else
    client.request('workspace/executeCommand', params, done)
  end
end

-- What Neovim asks by itself after a change, inlay hints for one, may follow the request to shut down.
-- It is refused then, as the protocol wants, and Neovim would show that to the user as an error.
local function mute_errors(client)
  setmetatable(client.handlers, {
    __index = function(_, method)
      local handle = vim.lsp.handlers[method]
      return handle and function(err, ...)
        if not err then
          return handle(err, ...)
        end
      end
    end,
  })
end

local function stop(client, force)
  mute_errors(client)
  if vim.fn.has('nvim-0.11') == 1 then
    client:stop(force)
  else
    client.stop(force)
  end
end

--- The buffers a client is attached to.
function M.buffers(client)
  if client.attached_buffers then
    return vim.tbl_keys(client.attached_buffers)
  end
  return vim.lsp.get_buffers_by_client_id(client.id)
end

--- Stops every server and starts one for each project that had one, or, where none ran, for each
--- that is open.
function M.restart()
  local roots = {}
  for _, client in ipairs(M.all()) do
    roots[client.config.root_dir] = true
    stop(client, false)
  end
  started = {}
  told = false
  local gone = vim.wait(3000, function()
    return #M.all() == 0
  end, 10)
  if not gone then
    for _, client in ipairs(M.all()) do
      stop(client, true)
    end
  end
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    local file = vim.api.nvim_buf_get_name(bufnr)
    if vim.api.nvim_buf_is_loaded(bufnr) and file ~= '' and (vim.tbl_isempty(roots) or roots[config.root(file)]) then
      require('samuel').attend(bufnr)
    end
  end
end

return M
