// The scripts. Each hands over what has been typed, reads what kind of thing stands there, and puts in
// the rest; what comes back is never evaluated. The program is looked up by its name in PATH: what
// stands in the line could be anyone's.

import type { Shell } from './shell.ts'

// bash 3.2 (macOS) has neither mapfile nor compopt
const BASH = `# bash completion for tokentool: source <(tokentool completion bash)

_tokentool() {
  local -a lines=()
  local line at
  COMPREPLY=()
  while IFS= read -r line; do
    lines+=("$line")
  done <<<"$(command tokentool completion bash -- "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null)"
  case \${lines[0]} in
    words)
      COMPREPLY=("\${lines[@]:1}")
      ;;
    files)
      _tokentool_leave -f "$2"
      ;;
    command)
      for ((at = 1; at < COMP_CWORD; at++)); do
        [[ \${COMP_WORDS[at]} == -- ]] && break
      done
      if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset $((at + 1))
      elif declare -F _command_offset >/dev/null; then
        _command_offset $((at + 1))
      elif ((at + 1 == COMP_CWORD)); then
        _tokentool_leave -c "$2"
      else
        _tokentool_leave -f "$2"
      fi
      ;;
  esac
}

_tokentool_leave() {
  local line
  if [[ $1 == -f ]] && compopt -o default 2>/dev/null; then
    return
  fi
  while IFS= read -r line; do
    [[ -n $line ]] && COMPREPLY+=("$line")
  done <<<"$(compgen "$1" -- "$2")"
}

complete -F _tokentool tokentool
`

const ZSH = `#compdef tokentool
# zsh completion for tokentool: source <(tokentool completion zsh), behind compinit;
# or as a file _tokentool in a folder of fpath

_tokentool() {
  local -a lines names shown
  local line
  local -i at wide=0
  lines=("\${(@f)$(command tokentool completion zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  case \${lines[1]} in
    (words)
      for line in "\${(@)lines[2,-1]}"; do
        names+=("\${line%%$'\\t'*}")
        (( \${#names[-1]} > wide )) && wide=\${#names[-1]}
      done
      for line in "\${(@)lines[2,-1]}"; do
        if [[ $line == *$'\\t'* ]]; then
          shown+=("\${(r:wide:)\${line%%$'\\t'*}}  -- \${line#*$'\\t'}")
        else
          shown+=("$line")
        fi
      done
      (( $#names )) || return 1
      compadd -l -d shown -a -- names
      ;;
    (files)
      [[ $PREFIX == --*=* ]] && compset -P '*='
      _files
      ;;
    (command)
      at=\${words[(i)--]}
      (( at < CURRENT )) || return 1
      shift $at words
      (( CURRENT -= at ))
      _normal -p tokentool
      ;;
  esac
}

if [[ \${funcstack[1]-} == _tokentool ]]; then
  _tokentool "$@"
else
  compdef _tokentool tokentool
fi
`

const FISH = `# fish completion for tokentool: tokentool completion fish | source
# or as tokentool.fish in ~/.config/fish/completions

function __tokentool_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l raw (commandline -ct)
    set -l current (string unescape -- $raw; or printf '%s\\n' $raw)
    set -l lines (command tokentool completion fish -- $words "$current" 2>/dev/null </dev/null)
    set -l kind $lines[1]
    set -e lines[1]
    switch "$kind"
        case words
            set -q lines[1]; and printf '%s\\n' $lines
        case files
            set -l head (string match -r -- '^--[\\w-]+=' $raw)
            set -l rest (string replace -r -- '^--[\\w-]+=' '' $raw)
            for path in (complete -C "__fish_command_without_completions $rest")
                printf '%s%s\\n' "$head" $path
            end
        case command
            complete -C (string replace -r -- '^.*?\\s--\\s+' '' (commandline -cp))
    end
end

complete -c tokentool -f -a '(__tokentool_complete)'
`

// Windows PowerShell drops empty arguments, so the word that is being typed comes behind a sign
const POWERSHELL = `# PowerShell completion for tokentool, in $PROFILE:
# tokentool completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'tokentool' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @(
        $commandAst.CommandElements |
            Select-Object -Skip 1 |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            ForEach-Object {
                if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
                else { $_.Extent.Text }
            }
    )
    $program = Get-Command -Name 'tokentool' -CommandType Application, ExternalScript -ErrorAction SilentlyContinue |
        Select-Object -First 1
    if (-not $program) { return }
    $lines = @(& $program 'completion' 'powershell' '--' @words "+$wordToComplete" 2>$null)
    if ($lines.Count -lt 2 -or $lines[0] -ne 'words') { return }
    foreach ($line in $lines[1..($lines.Count - 1)]) {
        $name, $help = $line -split "\`t", 2
        $text = if ($name -match '^[\\w@%+=:./-]+$' -and $name -notmatch '^@') { $name }
        else { "'" + $name.Replace("'", "''") + "'" }
        if (-not $help) { $help = $name }
        [System.Management.Automation.CompletionResult]::new($text, $name, 'ParameterValue', $help)
    }
}
`

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
}
