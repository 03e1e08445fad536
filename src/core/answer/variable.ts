// The variables a token is put into: their names, and what each holds.

import type { TokenSet } from '../call/token.ts'
import { TokenError } from '../error.ts'

export const USUAL_NAMES = ['ACCESS_TOKEN', 'AUTHORIZATION'] as const

export type Pair = readonly [name: string, value: string]

/** `name`: that one alone. */
export function listVariables({ token, use }: TokenSet, name: string | undefined): Pair[] {
  const text = token.reveal()
  if (name !== undefined) return [[name, text]]
  // always what belongs behind `Authorization:`, so that no other header's secret gets there
  const own = use.header.toLowerCase() === 'authorization'
  return [
    ['ACCESS_TOKEN', text],
    ['AUTHORIZATION', own ? use.value.reveal() : `Bearer ${text}`],
  ]
}

/** By what is in them shells, loaders and interpreters run things, find them, or cannot go on. */
const TAKEN = new Set(
  `PATH IFS ENV CDPATH FPATH MANPATH MODULE_PATH FIGNORE GLOBIGNORE EXECIGNORE SHELLOPTS BASHOPTS
  PS0 PS1 PS2 PS3 PS4 PROMPT PROMPT2 PROMPT3 PROMPT4 RPROMPT PROMPT_COMMAND INPUTRC ZDOTDIR NULLCMD
  READNULLCMD HISTFILE HISTORY HISTCMD HOME SHELL PWD OLDPWD USER LOGNAME TMPDIR TMP TEMP TERM TERMINFO
  LANG LANGUAGE TZ _ UID EUID GID EGID PPID RANDOM SECONDS LINENO OPTARG OPTIND STATUS ARGV GROUPS
  DIRSTACK FUNCNAME PIPESTATUS POSIXLY_CORRECT MAIL MAILPATH MAILCHECK EDITOR VISUAL PAGER MANPAGER
  LESSOPEN LESSCLOSE BROWSER MAKEFLAGS MFLAGS GNUMAKEFLAGS COMSPEC PATHEXT SYSTEMROOT WINDIR PSMODULEPATH
  NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED PYTHONSTARTUP
  PYTHONPATH PYTHONHOME PYTHONINSPECT PYTHONWARNINGS PYTHONUSERBASE PYTHONBREAKPOINT PERL5LIB PERL5OPT
  PERL5DB PERLLIB RUBYOPT RUBYLIB GEM_HOME GEM_PATH LUA_INIT LUA_PATH LUA_CPATH CLASSPATH
  JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS GOFLAGS RUSTC_WRAPPER GIT_SSH GIT_SSH_COMMAND
  GIT_ASKPASS GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF GIT_EXEC_PATH GIT_DIR
  GIT_PROXY_COMMAND SSH_ASKPASS SUDO_ASKPASS SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF OPENSSL_MODULES
  OPENSSL_ENGINES KUBECONFIG HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY NO_PROXY GCONV_PATH LOCPATH
  NLSPATH HOSTALIASES RES_OPTIONS CI GITHUB_ENV GITHUB_OUTPUT GITHUB_PATH GITHUB_STATE
  GITHUB_STEP_SUMMARY GITHUB_ACTIONS GITHUB_WORKSPACE`.split(/\s+/),
)

const RESERVED = /^(?:LC|LD|DYLD|BASH|FISH|XDG|GIT_CONFIG|MALLOC|TOKENTOOL)_/

const SHAPE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/** zsh knows some of them in small letters, Windows all. */
function isTaken(name: string): boolean {
  const upper = name.toUpperCase()
  return TAKEN.has(upper) || RESERVED.test(upper)
}

export function isVariable(name: string): boolean {
  return SHAPE.test(name) && !isTaken(name)
}

/** `flag`: what the name was given with, for messages. */
export function checkVariable(name: string, flag: string): string {
  if (!SHAPE.test(name)) {
    throw new TokenError(
      'usage',
      `${flag}: ${JSON.stringify(name.slice(0, 40))} is no name for a variable`,
      {
        means: 'a name is letters, digits and _, and does not begin with a digit',
        fix: `${flag} API_TOKEN`,
      },
    )
  }
  if (!isTaken(name)) return name
  throw new TokenError('usage', `${flag} ${name}: programs obey what is in ${name}`, {
    means: 'a token in it would break them, or make them run what it says',
    fix: `${flag} API_TOKEN`,
  })
}
