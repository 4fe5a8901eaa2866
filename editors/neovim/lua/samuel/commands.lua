-- The :Samuel... commands: what has no line to stand on. Running a hook, its log, its health and
-- its grants are code lenses and code actions on the line they belong to.

local client = require('samuel.client')

local M = {}

-- The client for the file at hand, or the only one there is.
local function current()
  local found = client.of(vim.api.nvim_buf_get_name(0)) or client.all()[1]
  if not found then
    vim.notify('samuel: no server runs; open a samuel-plugin.toml first', vim.log.levels.WARN)
  end
  return found
end

local function run(command, arguments, on_result)
  local c = current()
  if c then
    client.execute(c, command, arguments, on_result)
  end
end

-- Shows a value in a window that goes away with it.
local function show(value)
  vim.cmd('botright new')
  vim.api.nvim_buf_set_lines(0, 0, -1, true, vim.split(vim.inspect(value), '\n'))
  vim.bo.buftype = 'nofile'
  vim.bo.bufhidden = 'wipe'
  vim.bo.modifiable = false
end

local function installed()
  local config = require('samuel.config')
  local names = {}
  for _, dir in ipairs(vim.fn.glob(config.root(vim.api.nvim_buf_get_name(0)) .. '/.samuel/plugins/*', true, true)) do
    table.insert(names, vim.fn.fnamemodify(dir, ':t'))
  end
  return names
end

--- Creates the commands.
function M.create()
  local command = vim.api.nvim_create_user_command
  command('SamuelRestart', client.restart, { desc = 'Stop and start samuel-lsp' })
  command('SamuelStats', function()
    run('samuel.showStats', nil, show)
  end, { desc = 'Show what the caches and the pool of samuel-lsp do' })
  command('SamuelClearCache', function()
    run('samuel.clearCache')
  end, { desc = 'Drop compiled modules' })
  command('SamuelInstall', function(args)
    run('samuel.installPlugin', { { path = (vim.fn.fnamemodify(args.args, ':p'):gsub('/$', '')) } })
  end, { nargs = 1, complete = 'dir', desc = 'Install the plugin of a folder into this project' })
  command('SamuelUninstall', function(args)
    run('samuel.uninstallPlugin', { { name = args.args } })
  end, { nargs = 1, complete = installed, desc = 'Uninstall a plugin of this project' })
  command('SamuelTrust', function(args)
    local c = current()
    if c then
      client.notify(c, 'samuel/didChangeTrust', { trusted = not args.bang })
    end
  end, { bang = true, desc = 'Trust this workspace (with !: no longer)' })
end

return M
