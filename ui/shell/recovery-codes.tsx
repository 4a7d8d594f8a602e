/** Recovery codes as they are shown once. */
import { copyText, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useState } from 'react'
import { factorWords } from './factor-words.ts'

export function RecoveryCodes(props: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const say = useWords(factorWords)
  const [isCopied, setCopied] = useState(false)
  return (
    <section>
      <h2>{say('recovery')}</h2>
      <p className="x-quiet">{say('recoveryHelp')}</p>
      <ul className="s-codes">
        {props.codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="s-codes-end">
        <Button onClick={() => void copyText(props.codes.join('\n')).then(setCopied)}>
          {say(isCopied ? 'copied' : 'copyCodes')}
        </Button>
        <Button type="primary" onClick={props.onKept}>
          {say('kept')}
        </Button>
      </div>
    </section>
  )
}
