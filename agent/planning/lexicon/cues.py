# ruff: noqa: E501
"""Words by which a person asks for knowledge, for a number, for help, or refers back to what was said."""

from agent.planning.phrases import phrases

ASK = phrases(
    # English
    "why|how does|how do|how can|how is|how are|how to|how did|how would|how should|explain|describe|define|definition|"
    "what does|mean|meaning|difference between|difference|who|whose|when|where|tell me about|reason|derive|derivation|"
    "intuition|overview|introduction|summarise|summarize|teach me|discuss|concept of|idea behind|what makes|"
    "what happens|significance|relationship between|relation between|purpose of|role of|advantage|disadvantage|used for|"
    "how come|what are|which|elaborate|clarify|justify|in words|interpret|interpretation|learn about|works|work|"
    # Japanese
    "とは|なぜ|何故|なんで|どうして|理由|説明|意味|違い|どのよう|どうやって|仕組み|しくみ|定義|誰|だれ|いつ|どこ|"
    "について教えて|について知りたい|概要|導出|解説|原理|どういう|どんな|わけ|メカニズム|役割|目的|利点|欠点|関係|直感|方法|仕方|"
    "求め方|とはなに|って何|ってなに|とはどう|どう違|どう関係|どう表|なにか|何か|どれ|解釈|考え方|特徴|できるのか|できますか|可能か"
)
"""Strong signs of a knowledge question."""

ASK_WEAK = phrases("what is|what's|whats|what|tell me|is there|何|なに|教えて|知りたい|は|is|are|can|does|do")
"""Signs of a question whose kind depends on its object."""

DEFINING = phrases(
    "what is a|what is an|what's a|what's an|what are|define|definition of|とは|って何|ってなに|とはなに"
)
"""A question for a definition: what follows is a notion, whatever numbers stand near it."""

COMPUTE = phrases(
    # English
    "compute|calculate|calc|evaluate|find|determine|run|simulate|solve|estimate|obtain|diagonalise|diagonalize|optimise|"
    "optimize|train|give me|get me|get|sweep|scan|numerically|numerical value|how much|how large|how low|how big|"
    "how high|value of|compare|work out|"
    # Japanese
    "計算|求め|算出|出して|いくら|いくつ|数値|対角化して|評価|シミュレーション|走らせ|実行|解いて|最適化して|どのくらい|どれくらい|"
    "何になる|値は|値を|比較して|見積も|だして"
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

PRONOUNS = phrases("it|that|this|those|them|for that|それ|これ|その|この|あれ")

NEGATED_BEFORE = r"(?:\bnot|\bno|\bwithout|\binstead\s+of|\brather\s+than|\bn't|\bnon)[\s-]+(?:an?\s+|the\s+|any\s+)?$"
"""What stands before a value that is not meant."""
NEGATED_AFTER = (
    r"^(?:的)?(?:\s*boundar(?:y|ies))?(?:\s*conditions?)?(?:境界)?(?:条件)?(?:格子)?(?:\s*(?:では?なく|じゃなく|でなく|でない|"
    r"の代わり|のかわり|をやめ|以外|なし))"
)
"""What stands after a value that is not meant."""
JOINED = r"^[\s,、/&]*(?:(?:\w{1,12}\s+)?(?:and|or|vs\.?|versus|&|to)\s+(?:an?\s+|the\s+)?|[,、/・]\s*|と|および|及び|または|vs)?$"

BREAKS = (
    r"(?<=[?!。？！;；\n])|(?<=[a-z\d)])\.(?=\s+[A-Z\\]|\s*$)|(?<=[^\d])[,、](?!\s*\d)|(?<=\d)、(?=[^\d\s])|(?<=\d),(?=\s+[A-Za-z])|"
    r"(?=\s(?:and|but|then|plus|also)\s+(?:also\s+|then\s+|please\s+|can\s+you\s+|could\s+you\s+|tell\s+me\s+)*"
    r"(?:why|how|explain|describe|define|what|who|when|where|which|compute|calculate|find|evaluate|determine|give|run|solve|"
    r"the\s+reason|the\s+meaning|its\s+meaning|quote|cite|discuss)\b)|"
    r"(?<=は)(?=また|そして|それと|あと|なぜ|どうして)|(?=(?:と|および|また|そして|それに|ついでに)(?:その|、)?(?:理由|意味|仕組み|定義|説明))|"
    r"(?<=して)(?=なぜ|どうして|理由)|(?<=計算し)(?=なぜ|その)|\s[—–-]{1,2}\s"
)
"""Where a question may fall into parts with different aims."""
LEADING = (
    r"^[\s,、;。.?？!！:—-]*(?:(?:and|but|then|plus|also|so)\b[\s,]*|(?:please|pls|tell me|can you|could you)\b[\s,]*|"
    r"また、?|そして、?|それと、?|あと、?|さらに、?|ついでに、?|と(?=その|、|理由|意味)|および)*"
)
"""What does not belong to the content of a part that it begins with."""

HELP = (
    r"^\W*(?:/?help|\?+|usage|what can (?:you|this|ansatz) do\b.*|what do you do|how do (?:i|you) use (?:this|you|ansatz).*|"
    r"(?:list|show)(?: me)?(?: all| the| your)* (?:tools?|commands?|capabilities)|hello|hi|hey|good (?:morning|evening)|thanks?|"
    r"thank you|使い方.*|ヘルプ|何ができ.*|なにができ.*|できること.*|機能(?:一覧|を教えて).*|ツール(?:一覧|の一覧).*|こんにちは|ありがとう.*)\W*$"
)
STATUS = (
    r"^\W*(?:/?status|/?jobs?)\W*$|\b(?:status|progress|state) of (?:my|the|all|your|that)?\s*(?:jobs?|runs?|calculations?)|"
    r"\b(?:my|running|the) jobs?\b|\b(?:list|show|cancel|follow|stop|kill)\b.{0,12}\bjobs?\b|is (?:it|my (?:job|run)|the (?:job|run))"
    r" (?:done|finished|ready|still running)|ジョブ|進捗|実行中の計算|計算は(?:まだ|もう)?(?:終わ|終了|完了)"
)
PROVE = (
    r"\bprove\s+(?:that|it|this|the|by|for|rigorously|\w+\s*[=<>≤])|\b(?:give|write|find|provide|construct|want|need)\b.{0,20}"
    r"\bproof\b|\bformali[sz]e\b|\bshow\s+(?:that|rigorously)\b|^\W*(?:please\s+)?prove\b|\b(?:in|with|using) lean\b|"
    r"証明(?:せよ|して|を(?:書|与|し|示|求|お願)|できる)|を示せ|形式化|Leanで"
)
HYPOTHESIS = (
    r"\b(?:test|check|verify|examine|investigate|refute|falsify)\b.{0,12}\b(?:the\s+|my\s+|this\s+)?(?:hypothesis|conjecture|claim)\b|"
    r"^\W*hypothesis\b|\bi (?:conjecture|hypothesi[sz]e)\b|\bhypothesis (?:run|test)|"
    r"仮説|予想を(?:検証|確か|テスト)"
)
