/**
 * `threadkv completion`: scripts for shells, made from the commands themselves.
 *
 * @module
 */

import { usageError } from './errors.js';

/** @typedef {import('commander').Command} Command */

const MAKERS = /** @type {const} */ ({ bash, zsh, fish });

export const SHELLS = Object.keys(MAKERS);

/**
 * @param {Command} program
 * @param {string} shell
 * @returns {string}
 */
export function completionOf(program, shell) {
  if (!Object.hasOwn(MAKERS, shell)) throw usageError(`completions are there for ${SHELLS.join(', ')}`);
  return MAKERS[/** @type {keyof typeof MAKERS} */ (shell)](program);
}

/** What may follow a command: its options, and the shells' names. @param {Command} command */
function wordsOf(command) {
  const options = command.options.flatMap(({ long, short }) => [long, short]).filter(Boolean);
  return [...(command.name() === 'completion' ? SHELLS : []), ...options, '--help'].join(' ');
}

/** @param {Command} program */
function bash({ commands }) {
  const cases = commands.map((command) => `    ${command.name()}) words="${wordsOf(command)}" ;;`);
  return `# eval "$(threadkv completion bash)"
_threadkv() {
  local words="${commands.map((command) => command.name()).join(' ')} --help --version"
  if [ "$COMP_CWORD" -gt 1 ]; then case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _threadkv threadkv
`;
}

/** @param {Command} program */
function zsh({ commands }) {
  const names = commands.map((command) => `    ${quote(`${command.name()}:${command.description()}`)}`);
  const cases = commands.map((command) => `    ${command.name()}) compadd -- ${wordsOf(command)} ;;`);
  return `#compdef threadkv
# eval "$(threadkv completion zsh)"
_threadkv() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
  _files
}
(( $+functions[compdef] )) && compdef _threadkv threadkv
`;
}

/** @param {Command} program */
function fish({ commands }) {
  const lines = ['# threadkv completion fish | source', 'complete -c threadkv -e'];
  for (const command of commands) {
    const name = command.name();
    lines.push(`complete -c threadkv -n __fish_use_subcommand -a ${name} -d ${quote(command.description())}`);
    const where = `complete -c threadkv -n '__fish_seen_subcommand_from ${name}'`;
    if (name === 'completion') lines.push(`${where} -f -a '${SHELLS.join(' ')}'`);
    for (const { long, short, description, required, optional } of command.options) {
      const names = [
        long && `-l ${long.slice(2)}`,
        short && (short.startsWith('--') ? `-l ${short.slice(2)}` : `-s ${short.slice(1)}`),
      ];
      const taken = required || optional ? ' -r' : '';
      lines.push(`${where} ${names.filter(Boolean).join(' ')}${taken} -d ${quote(description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** For a shell. @param {string} text */
function quote(text) {
  return `'${text.replaceAll("'", '’')}'`;
}
