-- Starts the client and attaches buffers, in the way each version of Neovim has for it.

local config = require('samuel.config')
local handlers = require('samuel.handlers')

local M = {}

-- Neovim 0.7 does not share clients by root; this does it there. root -> client id
local started = {}

--- The running clients.
function M.all()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  return vim.tbl_filter(function(client)
    return client.name == config.client_name
  end, get())
end

--- The client that serves a file's project, if it runs.
function M.of(file)
  local root = config.root(file)
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

local function start_0_7(options, bufnr)
  local id = started[options.root_dir]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client(options)
    started[options.root_dir] = id
  end
  if id then
    vim.lsp.buf_attach_client(bufnr, id)
  end
  return id
end

--- Starts the server for a manifest's buffer, or attaches the buffer to the one that runs.
function M.start(bufnr)
  local options = M.options(config.root(vim.api.nvim_buf_get_name(bufnr)))
  if vim.lsp.start then
    return vim.lsp.start(options, { bufnr = bufnr })
  end
  return start_0_7(options, bufnr)
end

--- Starts the server for a project without attaching a buffer: a save there concerns it, though
--- no manifest is open.
function M.start_for(file)
  local options = M.options(config.root(file))
  if vim.lsp.start then
    return vim.lsp.start(options, { attach = false, bufnr = vim.fn.bufnr(file) })
  end
  return vim.lsp.start_client(options)
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

local function stop(client, force)
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

--- Stops every server and attaches the open manifests to new ones.
function M.restart()
  local buffers = {}
  for _, client in ipairs(M.all()) do
    vim.list_extend(buffers, M.buffers(client))
    stop(client, false)
  end
  started = {}
  local gone = vim.wait(3000, function()
    return #M.all() == 0
  end, 10)
  if not gone then
    for _, client in ipairs(M.all()) do
      stop(client, true)
    end
  end
  for _, bufnr in ipairs(buffers) do
    M.start(bufnr)
  end
end

return M
