# ruff: noqa: E501
"""Words by which a person asks for knowledge, for a number, for help, or refers back to what was said."""

from agent.planning.phrases import phrases

ASK_HARD = phrases(
    "why|show that|how does|how do|how can|how is|how are|how to|how did|how would|how should|how come|explain|what does|meaning|"
    "tell me about|difference between a|intuition|reason|concept of|idea behind|what makes|what happens|significance of|"
    "explain how|teach me|elaborate|clarify|derive|derivation|role of|purpose of|define|definition|describe how|"
    "describe|summarise|summarize|discuss|overview of|introduction to|"
    "なぜ|何故|なんで|どうして|どうやって|どのよう|理由|仕組み|しくみ|説明|意味|原理|メカニズム|どういう|どんな|定義|計算方法|計算の仕方|"
    "求め方|計算手順|方法を|わけを|について教えて|について知りたい|とは何|概要|導出|解説|違いは|役割|利点|欠点|とはなに|とはどう"
)
"""Signs of a knowledge question, whatever verbs stand near them."""

ASK = phrases(
    "mean|difference between|difference|relationship between|relation between|advantage|disadvantage|used for|justify|in words|"
    "interpret|interpretation|learn about|works|work|represent|"
    "計算量|計算コスト|計算時間|計算機|計算資源|違い|仕方|関係|直感|どう違|どう関係|どう表|解釈|考え方|特徴|できるのか|できますか|可能か|誰|だれ|いつ|どこ|何か|とは"
)
"""Signs of a knowledge question unless a number is asked for as well."""

ASK_AT_START = phrases("who|whose|when|where|which|in which|is|are|does|do|can|could|did|was|were|should|will|has|have")
"""The same, as the first words."""

ASK_WEAK = phrases("what is|what's|whats|what are|what|tell me|is there|何|なに|教えて|知りたい")
"""Signs of a question whose kind depends on its object."""

DEFINING = phrases(
    "what is a|what is an|what's a|what's an|what are|define|definition of|とは|って何|ってなに|とはなに"
)
"""A question for a definition: what follows is a notion, whatever numbers stand near it."""

COMPUTE = phrases(
    # English
    "compute|calculate|calc|evaluate|find|determine|run|simulate|solve|estimate|obtain|diagonalise|diagonalize|optimise|"
    "optimize|train|evolve|give me|get me|get|sweep|scan|numerically|numerical value|how much|how large|how low|how big|"
    "how high|value of|work out|"
    # Japanese
    "計算|求め|評価して|評価せよ|算出|出して|いくら|いくつ|数値|対角化して|シミュレーション|走らせ|実行|解いて|最適化して|どのくらい|どれくらい|"
    "何になる|値は|値を|見積も|だして"
)
"""Signs that a number is wanted."""

COMPARE = phrases(
    "compare|comparison|versus|vs|against|both|as well as|together with|and the exact|along with|difference between|"
    "比較|比べ|対比|両方|それぞれ|くらべ"
)
"""Signs that two tools are wanted at once."""

FOLLOW_UP = phrases(
    "and for|same|again|what about|how about|instead|now|then|also for|and with|redo|repeat|change|switch|but with|"
    "では|なら|の場合|同じ|代わり|かわり|今度|次は|にすると|にしたら|だと|ならば|もう一度|やり直|変えて|に変更"
)
"""Signs that the question goes on from the one before."""

BEGINS_AS_FOLLOW_UP = r"^\W*(?:(?:and|or|but|also|now|then|for|with|at|on)\b|また|次に|では|じゃあ)"

PRONOUNS = phrases("its|their|it|that|this|those|them|for that|それ|これ|その|この|あれ")

NEGATED_BEFORE = r"(?:\bnot|\bno|\bwithout|\binstead\s+of|\brather\s+than|\bn't|\bnon)[\s-]+(?:an?\s+|the\s+|any\s+)?$"
"""What stands before a value that is not meant."""
NEGATED_AFTER = (
    r"^(?:的)?(?:\s*boundar(?:y|ies))?(?:\s*conditions?)?(?:境界)?(?:条件)?(?:格子)?(?:\s*(?:では?なく|じゃなく|でなく|でない|"
    r"の代わり|のかわり|をやめ|以外|なし))"
)
"""What stands after a value that is not meant."""
JOINED = (
    r"^(?:\s*(?:boundary|boundaries|conditions?|models?|lattices?|antiferromagnets?|境界(?:条件)?|的|模型|モデル|格子))*[\s,、/&・]*"
    r"(?:and|or|vs\.?|versus|&|to|with|と|および|及び|または|や|,|、|/)?[\s,、]*(?:an?\s+|the\s+|(?:for|on|with)\s+(?:the\s+|an?\s+)?)*$"
)
"""What stands between two values of a list."""
AND = r"[,、]|\b(?:and|or|vs|versus)\b|と|および|及び|または"
JOINING = r"^.{0,40}?(?:\band\b|\bversus\b|\bvs\b|\bor\b|と|および)(?:\s+(?:an?|the|for|on|with))*\s*(?:\w+\s+){0,2}$"

CHANGED = r"(?:\bto\b|\binto\b|→|->|⇒|から|より)"
"""Between the values before and after a change."""
CHANGED_TO = rf"\s*{CHANGED}\s*(?P<to>\d+(?:\.\d+)?)"

BREAKS = (
    r"(?<=[?!。？！;；\n])|(?<=[a-z\d)])\.(?=\s+[A-Z\\]|\s*$)|(?<=[^\d\s])[,、]|(?<=\d)、(?=[^\d\s])|(?<=\d),(?=\s+[A-Za-z])|"
    r"(?=\s(?:and|but|then|plus|also)\s+(?:also\s+|then\s+|please\s+|can\s+you\s+|could\s+you\s+|tell\s+me\s+)*"
    r"(?:why|how|explain|describe|define|what|who|when|where|which|compute|calculate|find|evaluate|determine|give|run|solve|"
    r"the\s+reason|the\s+meaning|its\s+meaning|quote|cite|discuss)\b)|"
    r"(?<=は)(?=また|そして|それと|あと)|(?=(?:と|および|また|そして|それに|ついでに)(?:その|、)?(?:理由|意味|仕組み|定義|説明))|"
    r"(?<=して)(?=なぜ|どうして|理由)|(?<=計算し)(?=なぜ|その)|\s[—–-]{1,2}\s"
)
"""Where a question may fall into parts with different aims."""
LEADING = (
    r"^[\s,、;。.?？!！:—-]*(?:(?:and|but|then|plus|also|so)\b[\s,]*|(?:please|pls|tell me|can you|could you)\b[\s,]*|"
    r"また、?|そして、?|それと、?|あと、?|さらに、?|ついでに、?|と(?=その|、|理由|意味)|および)*"
)
"""What does not belong to the content of a part that it begins with."""

TRAILING = r"[\s,、;]*\b(?:and|but|then|also|plus)[\s,]*$"
"""What a part may end with that belongs to the next."""

ERRANDS = (
    r"^\W*(?:please\s+|can you\s+|could you\s+)*(?:write|book|draw|paint|sing|translate|order|buy|play|send|open|call|remind|"
    r"schedule|recommend|cook|tell me a joke|make me|email|post|tweet|download|install)\b|(?:書いて|翻訳して|予約して|描いて|歌って|送って|買って)"
)
"""Wishes that are neither a question nor a computation."""

OTHER_NORM = (
    r"\btotal\s+(?:\w+[\s-]+){0,2}?(?:energy|energies)\b|\b(?:energy|energies)\s+(?:\w+\s+)?(?:in\s+)?total\b|"
    r"\b(?:per|each)\s+(?:bond|link|unit\s+cell|dimer|plaquette)\b|\bextensive\b|全エネルギー|総エネルギー|エネルギーの総和|"
    r"(?:ボンド|結合|リンク|単位胞|1ボンド)(?:1つ)?(?:あたり|当たり|当り)"
)
"""Energies that are wanted otherwise than per site."""

OTHER_UNIT = (
    r"\bin\s+(?:units\s+of\s+)?(?:meV|eV|keV|kJ/mol|kelvins?|K|cm\^?-1|hartrees?|rydbergs?|joules?)(?![A-Za-z0-9_])|"
    r"(?:meV|eV|kJ/mol|ケルビン|ジュール)(?:単位)?で"
)
"""Energies that are wanted in a physical unit."""

HELP = (
    r"^\W*(?:/?help|\?+|usage|what can (?:you|this|ansatz) (?:do|compute|calculate)\b.*|what do you do|how do (?:i|you) use (?:this|you|ansatz).*|"
    r"(?:list|show)(?: me)?(?: all| the| your)* (?:tools?|commands?|capabilities)|hello|hi|hey|good (?:morning|evening)|thanks?|"
    r"thank you|使い方.*|ヘルプ|[何なに]+が(?:計算)?でき.*|できること.*|機能(?:一覧|を教えて).*|ツール(?:一覧|の一覧).*|こんにちは|ありがとう.*)\W*$"
)
STATUS = (
    r"^\W*(?:/?status|/?jobs?)\W*$|\b(?:status|progress|state) of (?:my|the|all|your|that)?\s*(?:jobs?|runs?|calculations?)|"
    r"\b(?:my|running|the) jobs?\b|\b(?:list|show|cancel|follow|stop|kill)\b.{0,12}\bjobs?\b|is (?:it|my (?:job|run)|the (?:job|run))"
    r" (?:done|finished|ready|still running)|ジョブ|進捗|実行中の計算|計算は(?:まだ|もう)?(?:終わ|終了|完了)"
)
PROVE = (
    r"\bprove\s+(?:that|it|this|the|by|for|rigorously|\w+\s*[=<>≤])|\b(?:give|write|find|provide|construct|want|need)\b.{0,20}"
    r"\bproof\b|\bformali[sz]e\b|\bshow\s+rigorously\b|^\W*(?:please\s+)?prove\b|\b(?:in|with|using) lean\b|"
    r"証明(?:せよ|して|を(?:書|与|し|示|求|お願)|できる)|を示せ|形式化|Leanで"
)
HYPOTHESIS = (
    r"\b(?:test|check|verify|examine|investigate|refute|falsify)\b.{0,12}\b(?:the\s+|my\s+|this\s+)?(?:hypothesis|conjecture|claim)\b|"
    r"^\W*hypothesis\b|\bi (?:conjecture|hypothesi[sz]e)\b|\bhypothesis (?:run|test)|"
    r"仮説|予想を(?:検証|確か|テスト)"
)
# "How does the energy of 8 sites vary from h = 0.5 to h = 1?" wants the numbers of a range.
VARIES = (
    r"\bhow\s+(?:do|does|is|are)\b.*\b(?:vary|varies|varied|change|depend|grow|decrease|increase|evolve)s?\b.*\bfrom\b.*\bto\b|"
    r"から.*まで.*(?:どのよう|どう)(?:に)?(?:変|変化|依存|増|減|振る舞)"
)
# "What does exact diagonalisation give for the ring of 8 sites?" asks for a number, "What does it do?" does not.
OUTCOME = r"\bwhat\s+(?:does|do|would|will|did)\s.*\b(?:give|yield|return|find|produce|predict)\b"

QUESTION = (
    r"^\W*(?:(?:and|or|but|so)\s+)?(?:who|what|which|how|why|when|where|whether|is|are|does|do|did|should|has|have|"
    r"(?:can|could|would|will)(?!\s+you)|in\s+which|in\s+what|at\s+(?:which|what)|up\s+to\s+(?:which|what)|to\s+what)\b|"
    r"\b(?:which|why|how|what)\b[^?]*\?|"
    r"何|なに|なぜ|どう|どの|どれ|どんな|どこ|いつ|いくつ|いくら|誰|(?:は|の\?|のか|ますか|ですか|るか|たか)[?。!]*$|"
    r"方法|手順|仕方|やり方|工夫|考え方|理由|(?<!境界)条件|規則|公式|原理|仕組み|(?<!計算)(?<!実行)(?<!化)[\u3400-\u9fff][?。]*$"
)
"""What asks, or names what is explained, instead of ordering."""
