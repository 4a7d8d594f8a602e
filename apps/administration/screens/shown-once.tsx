/** A password or secret that the server gave once: shown large, copied with one press, closed on purpose only. */
import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { copyText, useWords } from '@xinglin/kit'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { administrationWords } from './administration-words.ts'

type Props = {
  readonly title: string
  readonly help: string
  readonly secret: string
  readonly onClose: () => void
}

export function ShownOnce({ title, help, secret, onClose }: Props) {
  const say = useWords(administrationWords)
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    setCopied(await copyText(secret))
  }
  return (
    <Modal
      open
      title={title}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {say('keptIt')}
        </Button>
      }
    >
      <div className="a-secret">
        <code>{secret}</code>
        <Button icon={isCopied ? <CheckOutlined /> : <CopyOutlined />} onClick={copy}>
          {say(isCopied ? 'copied' : 'copy')}
        </Button>
      </div>
      <p>{help}</p>
    </Modal>
  )
}
