/**
 * A small LDAP server for machines without OpenLDAP: bind, search, StartTLS and LDAPS over sockets, with the messages of
 * `ldapts` (RFC 4511). What it answers is compared with OpenLDAP by running the same tests on both. No writes, no controls
 * but paging, which it answers in one page.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createSecureServer, TLSSocket } from 'node:tls'
import {
  AndFilter,
  BerReader,
  BerWriter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  FilterParser,
  NotFilter,
  OrFilter,
  PresenceFilter,
} from 'ldapts'
import type { Certificate } from './certificate.ts'
import { entries as allEntries, type DirectoryEntry } from './people-of-hospital.ts'
import type { TestDirectory } from './test-directory.ts'

/** RFC 4511 §4.1.9. */
const result = {
  success: 0,
  protocolError: 2,
  sizeLimitExceeded: 4,
  noSuchObject: 32,
  invalidCredentials: 49,
  insufficientAccess: 50,
}
const operation = { bind: 0x60, unbind: 0x42, search: 0x63, extended: 0x77 }
const startTlsName = '1.3.6.1.4.1.1466.20037'
const inChain = '1.2.840.113556.1.4.1941'

type Held = { readonly dn: string; readonly attributes: Map<string, readonly string[]> }
type Session = { dn: string; socket: Socket }

export async function startSmallDirectory(certificate: Certificate): Promise<TestDirectory> {
  const entries = allEntries.map(heldOf)
  const tls = { cert: certificate.certificate, key: certificate.key }
  const open = new Set<Socket>()
  const serve = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    converse(socket, { entries, tls })
  }
  const plain = createServer(serve)
  const secure = createSecureServer(tls, serve)
  const [at, secureAt] = await Promise.all([listen(plain), listen(secure)])
  return {
    plain: `ldap://127.0.0.1:${at}`,
    secure: `ldaps://127.0.0.1:${secureAt}`,
    async set(dn, attribute, values) {
      entries.find((each) => same(each.dn, dn))?.attributes.set(attribute.toLowerCase(), values)
    },
    async remove(dn) {
      const index = entries.findIndex((each) => same(each.dn, dn))
      if (index >= 0) entries.splice(index, 1)
    },
    async stop() {
      for (const socket of open) socket.destroy()
      await Promise.all([plain, secure].map((server) => new Promise((done) => server.close(done))))
    },
  }
}

type World = { readonly entries: Held[]; readonly tls: { readonly cert: string; readonly key: string } }

function converse(first: Socket, world: World): void {
  const session: Session = { dn: '', socket: first }
  let waiting: Buffer = Buffer.alloc(0)
  const take = (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    for (;;) {
      const reader = new BerReader(waiting)
      if (reader.readSequence() === null || reader.remain < reader.length) return
      const end = reader.offset + reader.length
      const whole = waiting.subarray(0, end)
      waiting = waiting.subarray(end)
      if (answer(whole, session, world) === 'secure') {
        first.removeListener('data', take)
        session.socket = new TLSSocket(first, { isServer: true, ...world.tls })
        session.socket.on('data', take)
        session.socket.on('error', () => first.destroy())
      }
    }
  }
  first.on('data', take)
}

function answer(message: Buffer, session: Session, { entries }: World): 'secure' | undefined {
  const reader = new BerReader(message)
  reader.readSequence()
  const id = reader.readInt() ?? 0
  const kind = reader.readSequence()
  const say = (tag: number, code: number, more: (writer: BerWriter) => void = () => undefined) =>
    void session.socket.write(written(id, tag, (writer) => status(writer, code, more)))
  switch (kind) {
    case operation.bind: {
      reader.readInt()
      const dn = reader.readString() ?? ''
      const password = reader.readString(0x80) ?? ''
      const isRight = entries.some(
        (each) => same(each.dn, dn) && each.attributes.get('userpassword')?.includes(password),
      )
      session.dn = isRight ? dn : ''
      // RFC 4513 §5.1.2: a bind without a password succeeds for anybody, as nobody.
      return say(0x61, isRight || password === '' ? result.success : result.invalidCredentials)
    }
    case operation.extended: {
      const isStartTls = reader.readString(0x80) === startTlsName
      say(0x78, isStartTls ? result.success : result.protocolError)
      return isStartTls ? 'secure' : undefined
    }
    case operation.search: {
      const { found, code, attributes } = search(reader, session, entries)
      for (const entry of found)
        session.socket.write(written(id, 0x64, (writer) => entryOf(writer, { entry, entries }, attributes)))
      return say(0x65, code)
    }
    case operation.unbind:
      session.socket.end()
      return undefined
    default:
      return say(0x78, result.protocolError)
  }
}

function search(reader: BerReader, session: Session, entries: readonly Held[]) {
  const base = reader.readString() ?? ''
  const isBase = reader.readEnumeration() === 0
  reader.readEnumeration()
  const most = reader.readInt() ?? 0
  reader.readInt()
  reader.readBoolean()
  const filter = FilterParser.parse(reader)
  const attributes: string[] = []
  if (reader.peek() === 0x30) {
    reader.readSequence()
    const end = reader.offset + reader.length
    while (reader.offset < end) attributes.push((reader.readString() ?? '').toLowerCase())
  }
  // Nobody sees anything; whoever is bound sees everything.
  const seen = session.dn === '' ? [] : entries
  if (!seen.some(({ dn }) => same(dn, base))) return { found: [], code: result.noSuchObject, attributes }
  const isIn = (entry: Held) => same(entry.dn, base) || (!isBase && below(entry.dn, base))
  const matching = seen.filter((entry) => isIn(entry) && matches(filter, entry, entries))
  if (most > 0 && matching.length > most)
    return { found: matching.slice(0, most), code: result.sizeLimitExceeded, attributes }
  return { found: matching, code: result.success, attributes }
}

function matches(filter: Filter, entry: Held, entries: readonly Held[]): boolean {
  const valuesOf = (name: string) => valuesAt(entry, name, entries)
  if (filter instanceof AndFilter) return filter.filters.every((each) => matches(each, entry, entries))
  if (filter instanceof OrFilter) return filter.filters.some((each) => matches(each, entry, entries))
  if (filter instanceof NotFilter) return !matches(filter.filter, entry, entries)
  // The parser of ldapts gives a presence filter no name; the only one that is sent is (objectClass=*).
  if (filter instanceof PresenceFilter) return true
  if (filter instanceof EqualityFilter) {
    const sought = String(filter.value)
    return valuesOf(filter.attribute).some((value) => same(value, sought))
  }
  if (filter instanceof ExtensibleFilter && filter.rule === inChain)
    return holds(entry, filter.value, entries, new Set())
  return false
}

function valuesAt(entry: Held, name: string, entries: readonly Held[]): readonly string[] {
  if (name.toLowerCase() !== 'memberof') return entry.attributes.get(name.toLowerCase()) ?? []
  return entries
    .filter((each) => each.attributes.get('member')?.some((dn) => same(dn, entry.dn)))
    .map(({ dn }) => dn)
}

function holds(group: Held, dn: string, entries: readonly Held[], met: Set<Held>): boolean {
  if (met.has(group)) return false
  met.add(group)
  const members = group.attributes.get('member') ?? []
  return members.some(
    (member) =>
      same(member, dn) || entries.some((each) => same(each.dn, member) && holds(each, dn, entries, met)),
  )
}

function entryOf(
  writer: BerWriter,
  { entry, entries }: { readonly entry: Held; readonly entries: readonly Held[] },
  asked: readonly string[],
): void {
  writer.writeString(entry.dn)
  writer.startSequence()
  for (const name of new Set([...entry.attributes.keys(), 'memberof', 'entryuuid'])) {
    if (!asked.includes(name)) continue
    writer.startSequence()
    writer.writeString(name)
    writer.startSequence(0x31)
    for (const value of valuesAt(entry, name, entries)) writer.writeString(value)
    writer.endSequence()
    writer.endSequence()
  }
  writer.endSequence()
}

function written(id: number, tag: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeInt(id)
  writer.startSequence(tag)
  write(writer)
  writer.endSequence()
  writer.endSequence()
  return writer.buffer
}

function status(writer: BerWriter, code: number, more: (writer: BerWriter) => void): void {
  writer.writeEnumeration(code)
  writer.writeString('')
  writer.writeString('')
  more(writer)
}

function heldOf({ dn, attributes }: DirectoryEntry, index: number): Held {
  const all = new Map(Object.entries(attributes).map(([name, values]) => [name.toLowerCase(), values]))
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  return { dn, attributes: all.set('entryuuid', [id]) }
}

const plainOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(
      /\\([^\da-f])/gi,
      (_, each: string) => `\\${each.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
const same = (a: string, b: string) => plainOf(a) === plainOf(b)
const below = (dn: string, base: string) => plainOf(dn).endsWith(`,${plainOf(base)}`)

async function listen(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
