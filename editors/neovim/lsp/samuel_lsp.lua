-- For Neovim 0.11 and newer without the rest of this plugin: vim.lsp.enable('samuel_lsp').
-- Saves of other files are told to the server by the plugin file only.
return {
  cmd = { 'samuel-lsp', 'serve' },
  filetypes = { 'toml' },
  root_dir = function(bufnr, on_dir)
    local file = vim.api.nvim_buf_get_name(bufnr)
    if vim.fs.basename(file) ~= 'samuel-plugin.toml' then
      return
    end
    local project = vim.fs.root(file, function(name, dir)
      return name == 'samuel.toml' or (name == '.samuel' and vim.uv.fs_stat(dir .. '/.samuel/plugins') ~= nil)
    end)
    local home = vim.fs.normalize('~')
    if project == home then
      project = nil
    end
    on_dir(project or vim.fs.root(file, '.git') or vim.fs.dirname(file))
  end,
  settings = { samuel = vim.empty_dict() },
}
