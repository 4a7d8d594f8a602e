import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import type { Sql } from './database.ts'
import { sql } from './sql.ts'

const plain = ({ text, values }: Sql) => ({ text, values })

test('values are bound in reading order, whatever they contain', () => {
  const name = `x'; drop table patient; --`

  const statement = sql`select id from patient where name = ${name} and active = ${true}`

  deepEqual(plain(statement), {
    text: 'select id from patient where name = $1 and active = $2',
    values: [name, true],
  })
})

test('a constant text has one name for the life of the process, another text another name', () => {
  const find = (id: string) => sql`select content from record where id = ${id}`

  equal(find('a').name, find('b').name)
  equal(typeof find('a').name, 'string')
  equal(find('a').name === sql`select 1`.name, false)
})

test('nested statements are numbered together and have no name', () => {
  const active = sql`status = ${'active'}`
  const recent = sql`written > ${'2026-01-01'}`

  const statement = sql`select id from ${sql.id('chart', 'visit')} where ${sql.join([active, recent], sql` and `)} limit ${10}`

  deepEqual(plain(statement), {
    text: 'select id from "chart"."visit" where status = $1 and written > $2 limit $3',
    values: ['active', '2026-01-01', 10],
  })
  equal(statement.name, undefined)
})

test('an identifier cannot end its quotes; empty, NUL and over-long ones are refused', () => {
  equal(sql.id('a"b').text, '"a""b"')
  for (const name of ['', 'a\0b', '名'.repeat(22)]) throws(() => sql.id(name), /identifier has 1 to 63 bytes/)
})

test('nothing joined is nothing', () => {
  deepEqual(plain(sql.join([])), { text: '', values: [] })
})
