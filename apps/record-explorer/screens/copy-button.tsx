/** A button that copies a text and says that it did. */
import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { copyText, useWords } from '@xinglin/kit'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { explorerWords } from './explorer-words.ts'

const saidMs = 2_000

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const say = useWords(explorerWords)
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), saidMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <Button
      size="small"
      icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
      onClick={() => void copyText(text).then(setCopied)}
    >
      {isCopied ? say('copied') : label}
    </Button>
  )
}
