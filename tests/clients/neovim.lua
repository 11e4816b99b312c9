-- Opens a flow in Neovim with `flowsim lsp`: a diagnostic, a hover and a rename.
--
--     FLOWSIM=target/debug/flowsim nvim --headless --clean -l tests/clients/neovim.lua
--
-- Neovim 0.7 has no `-l`: `nvim --headless --clean -c 'luafile tests/clients/neovim.lua'`.

local flow = [[
inboundCall:
  name: Desk
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[Start_1]"
  variables:
    - stringVariable:
        name: Flow.language
  tasks:
    - task:
        name: Start
        refId: Start_1
        actions:
          - playAudio:
              name: Hello
              audio:
                exp: ToAudioTTS(Upper(Flow.langage))
          - disconnect:
              name: Goodbye
]]

local function fail(message)
  print("FAILED " .. message .. "\n")
  vim.cmd("cquit 1")
end

local folder = vim.fn.tempname()
vim.fn.mkdir(folder, "p")
local path = folder .. "/desk.yaml"
vim.fn.writefile(vim.split(flow, "\n"), path)
vim.cmd("edit " .. path)

local client = vim.lsp.start_client({
  name = "flowsim",
  cmd = { vim.env.FLOWSIM or "flowsim", "lsp" },
  root_dir = folder,
})
vim.lsp.buf_attach_client(0, client)

local function diagnostics()
  return vim.diagnostic.get(0)
end

if not vim.wait(20000, function() return #diagnostics() == 1 end) then
  fail("no diagnostic: " .. vim.inspect(diagnostics()))
end
local found = diagnostics()[1]
if found.code ~= "UNKNOWN_VARIABLE" and found.user_data.lsp.code ~= "UNKNOWN_VARIABLE" then
  fail("another diagnostic: " .. vim.inspect(found))
end
print("passed a diagnostic: " .. found.message .. "\n")

-- The correction removes the diagnostic.
vim.cmd([[%s/langage/language/]])
if not vim.wait(20000, function() return #diagnostics() == 0 end) then
  fail("the diagnostic stays: " .. vim.inspect(diagnostics()))
end

vim.fn.cursor(16, 40)
local place = vim.lsp.util.make_position_params(0, "utf-16")
local function request(method, parameters)
  local answers = vim.lsp.buf_request_sync(0, method, parameters, 20000) or {}
  local _, answer = next(answers)
  return answer and answer.result
end
local hover = request("textDocument/hover", place)
if not hover or not hover.contents.value:find("Flow.language: String", 1, true) then
  fail("no hover: " .. vim.inspect(hover))
end
print("passed a hover\n")

vim.fn.cursor(16, 40)
vim.lsp.buf.rename("tongue")
local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end
local is_renamed = vim.wait(20000, function()
  local _, count = text():gsub("Flow%.tongue", "")
  return count == 2
end)
if not is_renamed then
  fail("no rename:\n" .. text())
end
print("passed a rename\n")
vim.cmd("qall!")
