// The command line. Results go to stdout, everything else to stderr.

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { LANGUAGES } from "../contract/bill-words.ts";
import { ROLES } from "../contract/portal.ts";
import { EXIT } from "./exit-codes.ts";
import { explainFailure, fileReason } from "./failure.ts";
import { wholeNumber } from "./option-readers.ts";
import { provenance } from "./provenance.ts";
import { addTokenCommands } from "./token-program.ts";

/** Chance is keyed by the low 32 bits. */
const SEED_MAX = 4_294_967_295;

const positiveNumber = (text: string): number => {
  const value = Number(text);
  if (!(Number.isFinite(value) && value > 0))
    throw new InvalidArgumentError("write a number above 0.");
  return value;
};

const countNumber = (text: string): number => {
  const count = wholeNumber(text);
  if (count === 0) throw new InvalidArgumentError("write a whole number, 1 or more.");
  return count;
};

const MONTH_MAX_DAYS = 366;

/** Days of what is billed at once. */
const monthNumber = (text: string): number => {
  const days = countNumber(text);
  if (days > MONTH_MAX_DAYS) throw new InvalidArgumentError(`write at most ${MONTH_MAX_DAYS}.`);
  return days;
};

const CODE_MAX_CHARACTERS = 100;
const PORT_MAX = 65_535;

const portNumber = (text: string): number => {
  const port = wholeNumber(text);
  if (port > PORT_MAX) throw new InvalidArgumentError(`a port is at most ${PORT_MAX}.`);
  return port;
};

const revealCode = (text: string): string => {
  if (text === "" || text.length > CODE_MAX_CHARACTERS)
    throw new InvalidArgumentError(`write one to ${CODE_MAX_CHARACTERS} characters.`);
  return text;
};

const fileName = (text: string): string => {
  if (text.trim() === "") throw new InvalidArgumentError("write the name of a file.");
  return text;
};

const seedNumber = (text: string): number => {
  const seed = wholeNumber(text);
  if (seed > SEED_MAX) throw new InvalidArgumentError(`write at most ${SEED_MAX}.`);
  return seed;
};

const collect = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  text,
];

/** Hands an action's exit code to the process. */
const ending =
  <Args extends readonly unknown[]>(action: (...args: Args) => Promise<number>) =>
  async (...args: Args): Promise<void> => {
    process.exitCode = await action(...args);
  };

function createProgram(): Command {
  const program = new Command("meterville")
    .description("A digital twin of a neighbourhood of smart meters, with real meters in the loop.")
    .version(provenance().version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "")) })
    .addHelpText("after", "\nExample:\n  meterville run scenarios/first-street.yaml --days 30\n");
  const seed = () => new Option("--seed <number>", "seed of all chance").argParser(seedNumber);
  const step = () =>
    new Option("--step <duration>", "step length: 1s, 1min or another divisor of an hour");
  program
    .command("run")
    .description("run a scenario to its end and report")
    .argument("<scenario>", "a scenario file")
    .addOption(seed())
    .addOption(
      new Option("--days <number>", "simulated days").argParser(positiveNumber).conflicts("until"),
    )
    .option("--until <moment>", "end: 2d14h since the start, or local time 2026-01-15T14:00")
    .addOption(step())
    .option("--set <path=value>", "change one value of the scenario; may be repeated", collect, [])
    .option(
      "--journal <file.ndjson>",
      "give the run the inputs that a live run's journal keeps",
      fileName,
    )
    .option("--out <file.mcap>", "write a recording", fileName)
    .option(
      "--store <url>",
      "append postings, bills and readings to this database: a file, or postgres://user@host/database",
      fileName,
    )
    .option("--junit <file.xml>", "write the expectations as JUnit", fileName)
    .addOption(
      new Option(
        "--seeds <list>",
        "run under each of 1..20 or 1,4,9: mean, spread and worst",
      ).conflicts("seed"),
    )
    .addOption(
      new Option("--workers <number>", "runs at once, with --seeds (2)").argParser(countNumber),
    )
    .option("--profile", "tell on stderr where the time goes, phase by phase")
    .option("--no-color", "no colours; NO_COLOR says the same")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville run scenarios/first-street.yaml --days 2 --out street.mcap --store street.db\n  meterville run scenarios/first-street.yaml --days 2 --seed 2 --set thefts.0.target=supply-07 --json\n",
    )
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/run.ts")).runCommand(file, options),
      ),
    );
  program
    .command("serve")
    .description("run a scenario live and show it in the browser")
    .argument("[scenario]", "a scenario file")
    .option(
      "--resume <run>",
      "go on with a run that was stopped or killed: its folder, its id or the beginning of it, or last",
    )
    .option(
      "--port <number>",
      "port of the page (4380, or the next that is free); 0 picks any",
      portNumber,
    )
    .addOption(
      new Option("--speed <number>", "simulated over real time; max: as fast as possible (60)"),
    )
    .option("--paused", "wait for somebody to press play")
    .addOption(step())
    .addOption(seed())
    .option("--set <path=value>", "change one value of the scenario; may be repeated", collect, [])
    .option(
      "--store <url>",
      "keep the ledger here instead of in the run's folder: a file, or postgres://user@host/database",
      fileName,
    )
    .option(
      "--host <address>",
      "also let other machines in; the printed address then carries a token",
    )
    .option(
      "--mqtt-port <number>",
      "port of the MQTT broker (1883, or the next that is free); 0 picks any",
      portNumber,
    )
    .option("--no-mqtt", "no MQTT broker")
    .option("--hide-truth", "show only what the company knows, until somebody reveals the rest")
    .option("--reveal-code <code>", "only who knows this code may reveal the truth", revealCode)
    .option("--sign-in", "let nobody in who has not signed in, not even at this machine")
    .option("--users <file>", "who may sign in, instead of the demonstration's accounts", fileName)
    .addOption(
      new Option(
        "--broker <mqtt://host:port>",
        "publish to this MQTT broker and take commands from it, instead of one of our own",
      ).conflicts("mqttPort"),
    )
    .option("--json", 'print {"url", "runId", "mqttUrl"} as the first line')
    .addHelpText(
      "after",
      "\nExample:\n  meterville serve scenarios/first-street.yaml --speed 3600\n  meterville serve --resume last\n",
    )
    .action(
      ending(async (file: string | undefined, options) =>
        (await import("./commands/serve.ts")).serveCommand(file, options),
      ),
    );
  program
    .command("thefts")
    .description(
      "steal in every way under many seeds: what finds it, how soon, and who is accused without cause",
    )
    .argument("[scenario]", "a scenario file", "scenarios/five-thieves.yaml")
    .option("--seeds <list>", "1..20 or 1,4,9", "1..20")
    .option("--days <number>", "simulated days of each run", wholeNumber, 28)
    .option("--step <duration>", "step length: 1min, 5min or another divisor of an hour", "5min")
    .option("--jobs <number>", "runs at once", countNumber, 2)
    .option("--alone", "one technique a run, instead of all in one street")
    .option("--json", "print one JSON object with every run and nothing else")
    .option("--out <file.md>", "write the page here instead of printing it", fileName)
    .addHelpText("after", "\nExample:\n  meterville thefts --seeds 1 --days 4 --out thefts.md\n")
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/thefts.ts")).theftsCommand(file, options),
      ),
    );
  program
    .command("validate")
    .description("check a scenario, tell what it comes to and what it assumes; run nothing")
    .argument("[scenario]", "a scenario file, or a lesson of scenarios/lessons")
    .addOption(seed())
    .addOption(step())
    .option("--set <path=value>", "change one value of the scenario; may be repeated", collect, [])
    .option("--resolved", "print the resolved scenario: everything read, every default filled in")
    .option(
      "--schema <name>",
      "write the JSON Schema for editors instead: scenario, tariff, policy, lesson",
    )
    .option("--out <file.json>", "where --schema writes; standard output unless given", fileName)
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville validate scenarios/first-street.yaml\n  meterville validate --schema scenario --out scenario.schema.json\n",
    )
    .action(
      ending(async (file: string | undefined, options) =>
        (await import("./commands/validate.ts")).validateCommand(file, options),
      ),
    );
  program
    .command("scenarios")
    .description("list the scenarios that ship")
    .option("--json", "print one JSON array and nothing else")
    .addHelpText("after", "\nExample:\n  meterville scenarios\n")
    .action(
      ending(async (options) =>
        (await import("./commands/scenarios.ts")).scenariosCommand(options),
      ),
    );
  program
    .command("replay")
    .description("run a recording again and verify every digest")
    .argument("<file.mcap>", "a recording of run or serve")
    .option("--boards", "run emulated boards again too, and compare what they answer")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville replay street.mcap\n  meterville replay street.mcap --boards\n",
    )
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/replay.ts")).replayCommand(file, options),
      ),
    );
  program
    .command("compare")
    .description("tell where two recordings part first, and what changed in the end")
    .argument("<a.mcap>", "a recording of run or serve")
    .argument("<b.mcap>", "another one")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", "\nExample:\n  meterville compare street.mcap other.mcap\n")
    .action(
      ending(async (a: string, b: string, options) =>
        (await import("./commands/compare.ts")).compareCommand(a, b, options),
      ),
    );
  program
    .command("export")
    .description("write a recording's columns and events as CSV")
    .argument("<file.mcap>", "a recording of run or serve")
    .requiredOption("--csv <folder>", "folder for the files; made if missing", fileName)
    .addHelpText("after", "\nExample:\n  meterville export street.mcap --csv street-csv\n")
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/export.ts")).exportCommand(file, options),
      ),
    );
  program
    .command("report")
    .description(
      "write one page on a recorded run: plots, cases, outages, money, and how to run it again",
    )
    .argument("<file.mcap>", "a recording of run or serve, or the folder of a live run")
    .option("--html <file>", "write it as a page of HTML, which prints to one page of A4", fileName)
    .option("--pdf <file>", "write it as a PDF", fileName)
    .addHelpText(
      "after",
      "\nExample:\n  meterville report street.mcap --html report.html --pdf report.pdf\n",
    )
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/report.ts")).reportCommand(file, options),
      ),
    );
  program
    .command("solve")
    .description("solve the power flow of an OpenDSS feeder")
    .argument("<file.dss>", "the master script")
    .option("--csv <file>", "write the node voltages here", fileName)
    .option("--day", "solve every minute of a day by the load shapes")
    .addOption(
      new Option("--load-model <model>", "how loads answer to voltage")
        .choices(["opendss", "constant-power"])
        .default("opendss"),
    )
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville solve scenarios/first-street/Master.dss --json\n",
    )
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/solve.ts")).solveCommand(file, options),
      ),
    );
  addKeepingCommands(program);
  addTariffCommands(program);
  addUserCommands(program);
  addBoardCommands(program);
  addTokenCommands(program, ending);
  return program;
}

/** Commands over boards and what tests them. */
function addBoardCommands(program: Command): void {
  const board = program
    .command("board")
    .description("emulate, find and program boards")
    .addHelpText("after", "\nExample:\n  meterville board doctor\n");
  board
    .command("emulate")
    .description("run the meter's firmware in an emulated Uno, as fast as a real one")
    .option("--pty", "its serial line is a pseudo-terminal, printed as the first line")
    .option("--rig", "with an emulated rig at its inputs, behind a second pseudo-terminal")
    .option("--hex <file>", "another firmware than the one that ships")
    .addOption(new Option("--seed <number>", "seed of noise and memory").argParser(seedNumber))
    .addHelpText("after", "\nExample:\n  meterville board emulate --pty\n")
    .action(
      ending(async (options) => (await import("./commands/board.ts")).boardEmulateCommand(options)),
    );
  board
    .command("doctor")
    .description("look for boards, and say what each is and what to do")
    .option("--port <port>", "look behind this port only: /dev/ttyACM0 or tcp://HOST:PORT")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", "\nExample:\n  meterville board doctor --json\n")
    .action(
      ending(async (options) => (await import("./commands/board.ts")).boardDoctorCommand(options)),
    );
  board
    .command("calibrate-rig")
    .description("take off what a rig's parts are off by, as the meter behind it measures them")
    .requiredOption("--device <device>", "METER+rig=RIG, such as /dev/ttyACM0+rig=/dev/ttyACM1")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", "\nExample:\n  meterville board calibrate-rig --device emulated+rig\n")
    .action(
      ending(async (options) =>
        (await import("./commands/board.ts")).boardCalibrateRigCommand(options),
      ),
    );
  board
    .command("number")
    .description("give a board the number by which it is told apart from others")
    .argument("<number>", "a whole number above 0, no other board's")
    .requiredOption("--port <port>", "where it is: /dev/ttyACM0 or tcp://HOST:PORT")
    .addHelpText("after", "\nExample:\n  meterville board number 7 --port /dev/ttyACM0\n")
    .action(
      ending(async (number: string, options) =>
        (await import("./commands/board.ts")).boardNumberCommand(number, options),
      ),
    );
  board
    .command("flash")
    .description("program an Uno with the meter's firmware, through avrdude")
    .requiredOption("--port <port>", "the board's serial port, such as /dev/ttyACM0")
    .option("--hex <file>", "another firmware than the one that ships")
    .addHelpText("after", "\nExample:\n  meterville board flash --port /dev/ttyACM0\n")
    .action(
      ending(async (options) => (await import("./commands/board.ts")).boardFlashCommand(options)),
    );
  board
    .command("swap")
    .description("put a board into a meter's slot of a live twin; without a device take it out")
    .argument("<supply>", "whose meter, such as supply-07")
    .argument("[device]", "emulated, /dev/ttyACM0, tcp://HOST:PORT or METER+rig=RIG")
    .requiredOption("--to <address>", "the twin: the address that serve printed")
    .addHelpText(
      "after",
      "\nExample:\n  meterville board swap supply-07 emulated --to http://127.0.0.1:4380/\n",
    )
    .action(
      ending(async (supply: string, device: string | undefined, options) =>
        (await import("./commands/board-swap.ts")).boardSwapCommand(supply, device, options),
      ),
    );
  const hil = program
    .command("hil")
    .description("test a meter's firmware on boards")
    .addHelpText("after", "\nExample:\n  meterville hil run hil/suites --only TAM-001\n");
  hil
    .command("run")
    .description("run the cases of suites and report")
    .argument("<path...>", "suite files, or folders of them")
    .option("--board <board>", "emulated, /dev/ttyACM0 or tcp://HOST:PORT", "emulated")
    .option("--hex <file>", "another firmware than the one that ships")
    .option("--junit <file>", "write the verdicts as JUnit XML here")
    .option("--html <file>", "write a page with plots of every failure here")
    .option("--vcd <folder>", "write a trace of every failure here, for GTKWave")
    .option("--record <folder>", "write every case as it went here, for hil replay")
    .option("--measured", "print what was counted against what flowed, as a table")
    .option("--long", "also the cases that take hours of board time")
    .option("--shard <i/n>", "only every n-th case, from the i-th on")
    .option("--only <id>", "only this case; may be given again", collect)
    .option("--repeat <number>", "run everything so many times", countNumber)
    .addOption(new Option("--seed <number>", "seed of noise and memory").argParser(seedNumber))
    .option("--time-limit <duration>", "give up after so long with exit code 42")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", "\nExample:\n  meterville hil run hil/suites --only TAM-001 --json\n")
    .action(
      ending(async (paths: string[], options) =>
        (await import("./commands/hil.ts")).hilRunCommand(paths, options),
      ),
    );
  hil
    .command("replay")
    .description("run a recorded case again and say whether it went the same, byte by byte")
    .argument("<file>", "a file of hil run --record")
    .option("--hex <file>", "another firmware than the one that ships")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville hil run hil/suites --only TAM-001 --record recorded\n  meterville hil replay recorded/TAM-001.jsonl\n",
    )
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/hil-replay.ts")).hilReplayCommand(file, options),
      ),
    );
  hil
    .command("coverage")
    .description("print which cases use which fault and stand for which requirement")
    .argument("<path...>", "suite files, or folders of them")
    .option("--out <file>", "write it here instead")
    .addHelpText("after", "\nExample:\n  meterville hil coverage hil/suites\n")
    .action(
      ending(async (paths: string[], options) =>
        (await import("./commands/hil.ts")).hilCoverageCommand(paths, options),
      ),
    );
  hil
    .command("schema")
    .description("print the JSON Schema of suites, for editors")
    .option("--out <file>", "write it here instead")
    .addHelpText("after", "\nExample:\n  meterville hil schema\n")
    .action(
      ending(async (options) => (await import("./commands/hil.ts")).hilSchemaCommand(options)),
    );
  hil
    .command("mutants")
    .description("build the firmware with one fault at a time, and see whether the suites find it")
    .option(
      "--mechanical <number>",
      "so many faults made by a rule, drawn by the seed",
      wholeNumber,
      10,
    )
    .addOption(
      new Option("--seed <number>", "seed of the draw, of noise and memory")
        .argParser(seedNumber)
        .default(1),
    )
    .option("--only <id>", "only this fault; may be given again", collect)
    .option("--markdown <file>", "write the table for a document here")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", "\nExample:\n  meterville hil mutants --only MUT-03\n")
    .action(
      ending(async (options) =>
        (await import("./commands/hil-mutants.ts")).hilMutantsCommand(options),
      ),
    );
}

/** Commands over tariff files. */
function addTariffCommands(program: Command): void {
  const tariff = program
    .command("tariff")
    .description("look at tariff files")
    .addHelpText(
      "after",
      "\nExample:\n  meterville tariff try scenarios/tariffs/kerala-lt-1a.yaml --kwh 220\n",
    );
  tariff
    .command("try")
    .description("price a month by a tariff file, line by line; no street is needed")
    .argument("<tariff.yaml>", "a tariff file")
    .option("--kwh <list>", "use of the month: 220, or 50,220,251 for a bill each")
    .option("--by-rate <list>", "use of each rate in kWh, in the order of the file")
    .option("--days <number>", "days that are billed", monthNumber, 30)
    .option(
      "--month-days <number>",
      "days of the whole month; unless given, the days are one",
      monthNumber,
    )
    .option("--from <date>", "the first day, for changes of the tariff", "2026-01-01")
    .option("--demand-kva <number>", "largest mean of half an hour, where the tariff charges kVA")
    .option("--demand-kw <number>", "largest mean of half an hour, where the tariff charges kW")
    .option("--contract <number>", "kVA or kW by contract, whichever the tariff charges")
    .option("--power-factor <number>", "of the month, 0 to 1")
    .option("--export-kwh <number>", "fed into the grid")
    .option("--carried-kwh <number>", "export left over from months before")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  meterville tariff try scenarios/tariffs/kerala-lt-1a.yaml --kwh 220,250,251 --json\n  meterville tariff try scenarios/tariffs/economy-7.yaml --by-rate 200,100 --days 31\n",
    )
    .action(
      ending(async (file: string, options) =>
        (await import("./commands/tariff.ts")).tariffTryCommand(file, options),
      ),
    );
}

/** Who may sign in to a live run. */
function addUserCommands(program: Command): void {
  const user = program
    .command("user")
    .description("say who may sign in to a live run")
    .addHelpText(
      "after",
      "\nExample:\n  meterville user add anna --role official --users users.jsonl\n",
    );
  user
    .command("add")
    .description("add an account to a file for serve --users; the password is asked for, or read")
    .argument("<name>", "how the person signs in")
    .addOption(
      new Option("--role <role>", "what the person may do").choices(ROLES).makeOptionMandatory(),
    )
    .option("--supply <id>", "a customer's own supply point, such as supply-05")
    .option(
      "--customer <number>",
      "which of those who have lived there in turn: 2 after a move-in; 1 unless given",
      countNumber,
    )
    .requiredOption("--users <file>", "the file; made if missing", fileName)
    .option("--replace", "change the account if the name is there already")
    .addHelpText(
      "after",
      "\nExample:\n  meterville user add bert --role customer --supply supply-05 --users users.jsonl\n",
    )
    .action(
      ending(async (name: string, options) =>
        (await import("./commands/user.ts")).userAddCommand(name, options),
      ),
    );
}

/** Commands over what runs have left behind. */
function addKeepingCommands(program: Command): void {
  program
    .command("runs")
    .description("list the live runs that are kept, and remove those that are over")
    .option("--prune", "remove every run that is not in progress")
    .option("--keep <number>", "with --prune: leave the newest ones", wholeNumber)
    .option(
      "--damaged",
      "with --prune: also those of which something is left, but not enough to go on",
    )
    .option("--yes", "with --prune: do not ask")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", "\nExample:\n  meterville runs --prune --keep 3 --yes\n")
    .action(ending(async (options) => (await import("./commands/runs.ts")).runsCommand(options)));
  const ledger = program
    .command("ledger")
    .description("look at what a store keeps")
    .addHelpText("after", "\nExample:\n  meterville ledger check --store street.db\n");
  ledger
    .command("check")
    .description("add up a ledger again: accounts, sequences, events, bills")
    .requiredOption(
      "--store <url>",
      "what serve or run --store keeps: a path, sqlite:path or postgres://user@host/database",
      fileName,
    )
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", "\nExample:\n  meterville ledger check --store street.db --json\n")
    .action(
      ending(async (options) => (await import("./commands/ledger.ts")).ledgerCheckCommand(options)),
    );
  program
    .command("bill")
    .argument("<account>", "a supply point, such as supply-12")
    .description("one bill with its working: why is it so much?")
    .requiredOption("--cycle <YYYY-MM>", "the month, or the rest of the bill's id")
    .requiredOption(
      "--store <url>",
      "what serve or run --store keeps: a path, sqlite:path or postgres://user@host/database",
      fileName,
    )
    .option("--run <id>", "the run, where the store holds several")
    .option("--json", "print one JSON object and nothing else")
    .option("--pdf <file>", "also write the bill to this file, as its customer gets it", fileName)
    .addOption(
      new Option("--lang <language>", "of the PDF").choices(LANGUAGES).default("en" as const),
    )
    .addHelpText(
      "after",
      "\nExample:\n  meterville bill supply-12 --cycle 2026-01 --store street.db --pdf bill.pdf --lang hi\n",
    )
    .action(
      ending(async (account: string, options) =>
        (await import("./commands/bill.ts")).billCommand(account, options),
      ),
    );
}

/** Whoever reads has gone (EPIPE): the command ends as it would. Nothing else may be lost in silence. */
let isOutputLost = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || isOutputLost) return;
  isOutputLost = true;
  process.stderr.write(`standard output cannot be written: ${fileReason(error)}\n`);
});
process.stderr.on("error", () => undefined);
process.on("exit", () => {
  if (isOutputLost) process.exitCode = EXIT.input;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.input;
  } else {
    const { text, exitCode } = explainFailure(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = exitCode;
  }
}
