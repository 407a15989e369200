/**
 * Scripts of the world, signs that combine, emoji: what is stored must come back without being normalised, reordered or
 * cut.
 *
 * @module
 */

/** @typedef {import('../world.js').Conversation} Conversation */

/**
 * A short exchange: questions and answers in turn, half of them streamed.
 *
 * @param {string} name
 * @param {string} description
 * @param {string[]} shows
 * @param {string} resource
 * @param {[question: string, answer: string][]} lines
 * @returns {Conversation}
 */
const exchange = (name, description, shows, resource, lines) => ({
  name,
  description,
  shows,
  async run(world) {
    const agent = world.agent({ script: lines.map(([, answer]) => answer) });
    for (const [n, [question]] of lines.entries()) {
      await world.ask(agent, question, { thread: name, resource, via: n % 2 ? 'stream' : 'generate' });
    }
  },
});

/** @type {Conversation[]} */
export const languages = [
  exchange('cjk', 'Chinese, Japanese and Korean, with characters beyond the first plane.', ['CJK'], '李白', [
    ['床前明月光，疑是地上霜。下一句是什么？', '举头望明月，低头思故乡。'],
    [
      '古池や蛙飛びこむ水の音 — だれの句ですか？',
      '松尾芭蕉の句です。「ふるいけや　かわずとびこむ　みずのおと」',
    ],
    ['안녕하세요, 오늘 날씨 어때요?', '맑고 서늘합니다. 최저 3℃, 최고 14℃.'],
    ['𠮷野家 和 吉野家 一样吗？', '不一样：𠮷（U+20BB7）和 吉（U+5409）。𪚥 也在基本平面之外。'],
  ]),
  exchange(
    'arabic-hebrew',
    'Right-to-left scripts, mixed with numbers and Latin, with direction marks.',
    ['Arabic', 'Hebrew'],
    'ابن سينا',
    [
      ['كم عدد أيام السنة الكبيسة؟', 'السنة الكبيسة ٣٦٦ يومًا (366).'],
      ['اكتب «Cloudflare KV» داخل جملة.', 'نستخدم Cloudflare KV لحفظ المحادثات\u200f.'],
      ['מה השעה בירושלים?', 'השעה עכשיו \u206612:45\u2069, בדיוק.'],
      ['بِسْمِ اللَّهِ بالتشكيل؟', 'نعم: ٱلرَّحْمَٰنِ ٱلرَّحِيمِ، و\u200dلا\u200cتنسَ الوصل.'],
    ],
  ),
  exchange(
    'hindi-thai',
    'Scripts whose letters combine: Devanagari, Tamil, Thai, Khmer, Tibetan.',
    ['Hindi', 'combining characters'],
    'कालिदास',
    [
      ['नमस्ते, क्या हाल है?', 'सब ठीक है, धन्यवाद। क्षत्रिय, ज्ञान, श्री — सब संयुक्ताक्षर हैं।'],
      ['தமிழில் சொல்லுங்கள்', 'வணக்கம்! கொக்கு, ஸ்ரீ, க்ஷ.'],
      ['สวัสดีครับ ที่นี่ที่ไหน', 'ที่นี่กรุงเทพฯ น้ำ กำลัง ท่วม เก้าอี้'],
      ['ខ្មែរ និង བོད་ཡིག', 'ក្រុងភ្នំពេញ · བཀྲ་ཤིས་བདེ་ལེགས།'],
    ],
  ),
  exchange(
    'emoji',
    'Emoji of one to eleven code points: joined families, skin tones, flags, keycaps.',
    ['emoji', 'ZWJ emoji'],
    '👩🏽\u200d🚀',
    [
      [
        'Who is this? 👨\u200d👩\u200d👧\u200d👦',
        'A family: 👨\u200d👩\u200d👧\u200d👦 (seven code points).',
      ],
      [
        'And 👩🏽\u200d🚀 and 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}?',
        'An astronaut 👩🏽\u200d🚀 and Scotland 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}.',
      ],
      [
        '❤ or ❤\ufe0f? 1\ufe0f\u20e3?',
        'Text ❤\ufe0e, emoji ❤\ufe0f, keycap 1\ufe0f\u20e3, flag 🇵🇱, 🧑🏿\u200d❤\ufe0f\u200d💋\u200d🧑🏻.',
      ],
      ['🫠🫡🪿', '🫨🩷🪽 — 👩\u200d🦰👨🏼\u200d🦽\u200d➡\ufe0f'],
    ],
  ),
  exchange(
    'combining',
    'The same word in several normal forms, and letters under many marks: none may be changed.',
    ['combining characters', 'normal forms'],
    'e\u0301clair',
    [
      [
        'Is "caf\u00e9" the same as "cafe\u0301"?',
        'Not as bytes: \u00e9 is one code point, e\u0301 two; \u212b, \u00c5 and A\u030a are three ways.',
      ],
      [
        'Z\u0351\u036b\u0343a\u0334\u0321l\u0337\u0322g\u0335\u031bo\u0336\u0328!',
        'Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d\u030e\u030f — sixteen marks.',
      ],
      ['ﬁ, ①, ｱ, ㎏, Ⅷ', 'Compatibility forms stay: ﬁ ≠ fi, ① ≠ 1, ｱ ≠ ア, \u1e9b\u0323 ≠ \u1e69.'],
      ['İstanbul, ışık, ΣΊΣΥΦΟΣ, straße', 'istanbul, IŞIK, σίσυφος, STRASSE; and \u01c5, \u0345.'],
    ],
  ),
];
