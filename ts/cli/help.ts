/** `help`, `help COMMAND` and `help @group`, laid out and coloured as redis-cli does. */
import { argumentsText, type CommandDoc, type CommandDocs } from './docs.js';
import { VERSION } from './version.js';

const GENERAL = `hematite cli ${VERSION}
To get help about Redis commands type:
      "help @<group>" to get a list of commands in <group>
      "help <command>" for help on <command>
      "help <tab>" to get a list of possible help topics
      "quit" to exit

To set preferences:
      ":set hints" enable online hints
      ":set nohints" disable online hints
Set your preferences in ~/.hematiterc
`;

/** The text for `help` followed by `words`. */
export function helpText(docs: CommandDocs, words: readonly string[]): string {
  if (words.length === 0) return GENERAL;
  const topic = words.join(' ').toLowerCase();
  const all = everyCommand(docs);
  const chosen = topic.startsWith('@')
    ? all.filter((doc) => doc.group.toLowerCase() === topic.slice(1))
    : all.filter((doc) => doc.name.toLowerCase() === topic || doc.name.toLowerCase().startsWith(`${topic} `));
  return `\r\n${chosen.map((doc) => `${entry(doc, !topic.startsWith('@'))}\r\n`).join('')}`;
}

/** Commands with each container's subcommands behind it, by name. */
function everyCommand(docs: CommandDocs): CommandDoc[] {
  const byName = (a: CommandDoc, b: CommandDoc) => (a.name < b.name ? -1 : 1);
  return [...docs.values()].flatMap((doc) => [doc, ...doc.subcommands.values()]).sort(byName);
}

function entry(doc: CommandDoc, withGroup: boolean): string {
  const lines = [
    `  \x1b[1m${doc.name}\x1b[0m \x1b[90m${argumentsText(doc.args)}\x1b[0m`,
    `  \x1b[33msummary:\x1b[0m ${doc.summary}`,
    `  \x1b[33msince:\x1b[0m ${doc.since}`,
    ...(withGroup ? [`  \x1b[33mgroup:\x1b[0m ${doc.group}`] : []),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}
