/** What the writing of each language asks of a text, beyond its words: scripts, digits, quotation marks, punctuation. */

export interface Habits {
  /** The script of its letters; Latin may stand beside it everywhere, for names. */
  readonly script: 'Latin' | 'Arabic' | 'Bengali' | 'Cyrillic' | 'Devanagari' | 'Hangul' | 'Japanese' | 'Han'
  readonly quotes: string
  /** What is written with a sign of its own in this language, each with the reason; names and addresses are taken out first. */
  readonly refused: readonly (readonly [pattern: RegExp, why: string])[]
}

const LATIN_QUOTES = '“”‘’'
const WIDE = /[，。？！：；（）、।؟،؛]/u
const NARROW_SPACE = '(?:\u00A0|\u202F)'

const NOT_WIDE = [WIDE, 'punctuation of another script'] as const
const ARABIC = [/[?,;%]/u, 'Latin punctuation: ؟ ، ؛ ٪ are its own'] as const
const DANDA = [/[\p{L}\p{M}\uFFFC][.|](?=\s|$)/u, 'a sentence ends with ।'] as const
const FULL_WIDTH = [/[,?!;:()]|\.(?=\s|$)/u, 'punctuation is of full width: ，。？！；：（）'] as const

const latin = (quotes: string = LATIN_QUOTES): Habits => ({ script: 'Latin', quotes, refused: [NOT_WIDE] })

/** Letters that differ in the two ways of writing Chinese, simplified and traditional in turn; the common ones. */
const HAN_PAIRS =
  '网網络絡这這个個为為务務实實现現关關开開户戶权權录錄图圖进進远遠连連过過还還选選项項语語读讀写寫说說请請试試认認证證' +
  '让讓变變态態机機标標显顯示示应應对對错錯误誤无無时時间間问問题題页頁号號码碼数數据據库庫标標记記忆憶简簡组組织織' +
  '级級统統线線结結续續维維护護状狀类類检檢询詢输輸转轉较較载載释釋释釋里裡么麼们們从從仅僅会會传傳储儲删刪别別' +
  '动動单單双雙发發历歷压壓听聽启啟员員响響围圍国國场場块塊声聲处處备備复複够夠头頭夹夾属屬层層帐帳帮幫广廣张張总總' +
  '执執扫掃扩擴换換损損择擇控控撤撤断斷旧舊术術条條来來极極构構样樣档檔汇匯浏瀏滚滾点點热熱独獨环環电電画畫监監' +
  '盘盤种種称稱稳穩积積窗窗签簽经經缓緩编編缩縮联聯节節范範获獲虚虛补補见見观觀规規视視觉覺计計订訂讨討训訓议議讯訊许許' +
  '论論设設访訪评評识識诉訴词詞该該详詳调調负負责責败敗账賬货貨质質贴貼费費资資赖賴轨軌轻輕达達迁遷运運违違适適邮郵释釋' +
  '钟鐘钥鑰销銷锁鎖键鍵长長门門闭閉闲閑阅閱阳陽阵陣队隊阶階际際陆陸随隨难難静靜顶頂顺順须須预預领領频頻额額风風飞飛驱驅验驗'

const LETTERS = Array.from(HAN_PAIRS)
const pairsOf = (own: 0 | 1): string =>
  LETTERS.filter(
    (letter, index) => index % 2 !== own && letter !== LETTERS[index % 2 === 0 ? index + 1 : index - 1],
  ).join('')

/** By tag of language. */
export const HABITS: Readonly<Record<string, Habits>> = {
  en: latin(),
  ar: { script: 'Arabic', quotes: '«»“”', refused: [ARABIC, [/[یکگچپژ]/u, 'letters of Persian']] },
  bn: { script: 'Bengali', quotes: LATIN_QUOTES, refused: [DANDA] },
  de: latin('„“‚‘’'),
  es: {
    ...latin('«»“”‘’'),
    refused: [NOT_WIDE, [/^[^¿]*\?/u, 'a question begins with ¿'], [/^[^¡]*!/u, 'it begins with ¡']],
  },
  fa: { script: 'Arabic', quotes: '«»', refused: [ARABIC, [/[يكىة]/u, 'letters of Arabic: ی ک are its own']] },
  fr: {
    ...latin('«»“”’'),
    refused: [
      NOT_WIDE,
      [new RegExp(`(?<!${NARROW_SPACE})[;:!?»]`, 'u'), 'no unbreakable blank before it'],
      [new RegExp(`«(?!${NARROW_SPACE})`, 'u'), 'no unbreakable blank after «'],
    ],
  },
  hi: { script: 'Devanagari', quotes: LATIN_QUOTES, refused: [DANDA] },
  id: latin(),
  ja: { script: 'Japanese', quotes: '「」『』', refused: [FULL_WIDTH, [/[，．]/u, 'its own are 、。']] },
  ko: { script: 'Hangul', quotes: LATIN_QUOTES, refused: [NOT_WIDE] },
  'pt-BR': latin(),
  ru: { script: 'Cyrillic', quotes: '«»„“', refused: [NOT_WIDE] },
  sv: latin('”’'),
  tr: latin(),
  'zh-Hans': {
    script: 'Han',
    quotes: LATIN_QUOTES,
    refused: [FULL_WIDTH, [new RegExp(`[${pairsOf(0)}]`, 'u'), 'a traditional letter']],
  },
  'zh-Hant': {
    script: 'Han',
    quotes: '「」『』',
    refused: [FULL_WIDTH, [new RegExp(`[${pairsOf(1)}]`, 'u'), 'a simplified letter']],
  },
}

/** What may stand in no message of any language. */
export const REFUSED_EVERYWHERE: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^\s|\s$/u, 'a blank at its beginning or end'],
  [/[ \u00A0\u202F]{2}|[\t\n\r]/u, 'two blanks, a tab or a new line'],
  [/['"]/u, 'a straight quotation mark'],
  [/[<>&]/u, 'HTML'],
  [/\.\.\./u, 'three full stops for …'],
  [/ - /u, 'a hyphen for a dash'],
  [/[\u00AD\u200B\u202A-\u202E\u2066-\u2069\uFEFF]/u, 'an invisible sign'],
]
