/** Is the trail whole? Day by day, what was verified when and what was found, and which months it holds. */
import { useScreen, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { Months } from './months.tsx'
import { ProofDays } from './proof-days.tsx'
import { useVerifications, Verifications } from './verifications.tsx'
import { words } from './words.ts'
import './audit.css'

export function ProofScreen() {
  const say = useWords(words)
  const { isActive } = useScreen()
  const verifications = useVerifications(isActive)
  return (
    <div className="audit-screen">
      <div className="audit-page">
        <Verifications answer={verifications} />
        <ProofDays verifications={verifications} />
        <Months />
        <p>
          <Button href="/api/audit/head" download>
            {say('keepHead')}
          </Button>
        </p>
      </div>
    </div>
  )
}
