/** `GET /api/compliance/board`, and the same as `.csv` and `.pdf`: decided and audited like every act. */
import type { Kernel } from '@xinglin/app'
import { requireActor } from '@xinglin/web'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type ControlBoard, boardPermission as permission } from '../contract.ts'
import { controlBoard } from '../controls/board.ts'
import { boardPdf } from '../exports/board-pdf.ts'
import { boardCsv } from '../exports/csv.ts'

export function boardRoutes(http: FastifyInstance, kernel: Kernel): void {
  const boardFor = async (request: FastifyRequest, form: string): Promise<ControlBoard> => {
    const actor = requireActor(request)
    kernel.identity.demand(actor, { kind: 'permission', permission })
    const board = await controlBoard(kernel, actor.tenant)
    await kernel.identity.audit(actor, { action: permission, outcome: 'allowed', detail: form })
    return board
  }
  http.get('/board', (request) => boardFor(request, 'json'))
  http.get('/board.csv', async (request, reply) =>
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="control-board.csv"')
      .send(boardCsv(await boardFor(request, 'csv'))),
  )
  http.get('/board.pdf', async (request, reply) =>
    reply
      .type('application/pdf')
      .header('content-disposition', 'attachment; filename="control-board.pdf"')
      .send(boardPdf(await boardFor(request, 'pdf'))),
  )
}
