/** Which rights stayed after a move because somebody gave them by hand? */
import { Answered, Empty, Go, useAct, useAsk, useMay, useTimes, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { administrationScreens, type PlaceRow, type ReviewRow, type ReviewsAnswer } from '../contract.ts'
import { ActDialog } from './act-dialog.tsx'
import { PlainTable } from './plain-table.tsx'
import { useRoles } from './roles-answer.ts'
import { staffPath, staffRefreshes, writesPeople } from './staff-answers.ts'
import { staffWords } from './staff-words.ts'

export function Reviews() {
  const say = useWords(staffWords)
  const times = useTimes()
  const { titlesOf } = useRoles()
  const mayWrite = useMay(writesPeople)
  const [done, setDone] = useState<ReviewRow>()
  const answer = useAsk<ReviewsAnswer>(`${staffPath}/reviews`)
  const named = (places: readonly PlaceRow[]) => places.map(({ name }) => name).join(' · ') || '–'
  return (
    <>
      <Answered answer={answer}>
        {({ reviews }) =>
          reviews.length === 0 ? (
            <Empty title={say('noReviews')}>{say('noReviewsHelp')}</Empty>
          ) : (
            <PlainTable
              rows={reviews}
              keyOf={({ id }) => id}
              empty={say('noReviews')}
              columns={[
                {
                  title: say('who'),
                  draw: ({ account, display, login }) => (
                    <Go
                      to={`${administrationScreens.people}?text=${encodeURIComponent(login)}&person=${account}`}
                    >
                      {display}
                    </Go>
                  ),
                },
                { title: say('when'), isWide: true, draw: ({ at }) => times.moment(at) },
                { title: say('before'), isWide: true, draw: ({ before }) => named(before) },
                { title: say('after'), draw: ({ after }) => named(after) },
                { title: say('added'), isWide: true, draw: ({ added }) => titlesOf(added) || '–' },
                { title: say('removed'), isWide: true, draw: ({ removed }) => titlesOf(removed) || '–' },
                {
                  title: say('kept'),
                  draw: ({ kept }) =>
                    kept.length > 0 ? <span className="x-amber">▲ {titlesOf(kept)}</span> : '–',
                },
                {
                  title: '',
                  draw: (review) =>
                    mayWrite ? (
                      <Button size="small" onClick={() => setDone(review)}>
                        {say('review')}
                      </Button>
                    ) : null,
                },
              ]}
            />
          )
        }
      </Answered>
      {done ? <ReviewDialog review={done} onClose={() => setDone(undefined)} /> : null}
    </>
  )
}

function ReviewDialog({ review, onClose }: { readonly review: ReviewRow; readonly onClose: () => void }) {
  const say = useWords(staffWords)
  const act = useAct<string>(
    (reason) => ({ path: `${staffPath}/reviews/${review.id}/done`, body: { reason } }),
    { refreshes: staffRefreshes },
  )
  return (
    <ActDialog
      title={say('review')}
      text={say('reviewText', { name: review.display })}
      act={act}
      onDone={onClose}
      onCancel={onClose}
    />
  )
}
