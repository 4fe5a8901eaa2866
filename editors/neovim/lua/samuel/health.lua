-- :checkhealth samuel

local M = {}

-- vim.health lost its report_ names in Neovim 0.10; before 0.8 it was a module to require.
local function reporter()
  local health = vim.health or require('health')
  return {
    start = health.start or health.report_start,
    ok = health.ok or health.report_ok,
    warn = health.warn or health.report_warn,
    error = health.error or health.report_error,
    info = health.info or health.report_info,
  }
end

-- The oldest server this plugin speaks to.
local oldest = '0.1.0'

local function numbers(text)
  local major, minor, patch = text:match('(%d+)%.(%d+)%.(%d+)')
  return major and { tonumber(major), tonumber(minor), tonumber(patch) }
end

-- Whether `samuel-lsp version` tells of a release that is too old; a build without a number is
-- taken at its word, as is 0.0.0 with a commit.
local function too_old(version)
  local have, need = numbers(version:match('samuel%-lsp%s+(%S+)') or ''), numbers(oldest)
  if not have or table.concat(have) == '000' then
    return false
  end
  for i = 1, 3 do
    if have[i] ~= need[i] then
      return have[i] < need[i]
    end
  end
  return false
end

function M.check()
  local report = reporter()
  local config = require('samuel.config')
  report.start('samuel-lsp')

  if vim.fn.has('nvim-0.7') == 0 then
    report.error('Neovim 0.7 or newer is needed')
    return
  end

  local program = config.get().cmd[1]
  if vim.fn.executable(program) == 0 then
    report.error(('%s cannot be run'):format(program), {
      'Install samuel-lsp and put it on PATH,',
      "or name it: require('samuel').setup({ cmd = { '/path/to/samuel-lsp', 'serve' } })",
    })
    return
  end
  local version = vim.fn.system({ program, 'version' }):gsub('%s+$', '')
  if vim.v.shell_error ~= 0 then
    report.error(('`%s version` failed: %s'):format(program, version))
    return
  end
  if too_old(version) then
    report.error(('%s (%s) is older than this plugin needs (%s)'):format(version, vim.fn.exepath(program), oldest), { 'Install a newer samuel-lsp' })
    return
  end
  report.ok(('%s (%s)'):format(version, vim.fn.exepath(program)))

  local clients = require('samuel.client').all()
  if #clients == 0 then
    report.info('no server runs; one starts when a samuel-plugin.toml is opened')
  end
  for _, client in ipairs(clients) do
    report.ok(('server %d runs for %s'):format(client.id, client.config.root_dir or 'no root'))
  end

  if config.get().trusted == false then
    report.warn('trusted = false: no plugin is run')
  end
end

return M
