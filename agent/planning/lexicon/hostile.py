# ruff: noqa: E501
"""What is refused whatever else a question holds: patterns by reason, English and Japanese.

Matched on the normalised text in lower case. Order matters: the first reason that matches is given.
"""

_PAST = r"(?:previous|prior|above|earlier|preceding|foregoing|all|any|your|system|these|those|the|my|former|initial|original)"
_ORDERS = r"(?:instructions?|prompts?|rules?|directions?|guidelines?|directives?|constraints?|commands?|restrictions?|polic(?:y|ies)|safety)"
_SAY = (
    r"(?:say|answer|reply|respond|output|print|return|report|state|claim|write|tell\s+(?:me|us|them)|give|put|use|show)"
)
_THAT = (
    r"(?:\s+(?:that|only|just|exactly|simply|with|the|a|ground|state|ground-state|energy|per|site|result|results|answer|value|is|it|"
    r"it's|equals?|as|number|back|me|was|be|must|should))*"
)
_NOT_A_SIZE = r"(?![\d.]*\s*-?\s*(?:x\d|sites?|spins?|サイト|スピン|iterations?|samples?|steps?|d\b|次元|%|digits?|decimals?|sentences?|words?|lines?|values|results|numbers|books?|quotes?|examples?|reasons?|ways?|key|main))"
_FIGURE = r"(?:number|value|energy|energies|result|figure|answer|data|error bar|citation|quote|quotation|reference|source|proof)s?"
_NUM_JA = r"(?:数字|数値|値|エネルギー|答え|結果|回答|データ|引用|文献|出典)"

HOSTILE: dict[str, tuple[str, ...]] = {
    "secrets": (
        r"\b(?:api|access|secret|private|ssh|auth(?:entication)?|bearer)[\s_-]*(?:keys?|tokens?)\b",
        r"openai_api_key|openai_base_url|aws_[a-z_]+|ansatz_[a-z_]+\b|\bos\.environ|\bprintenv\b|\$\{?[a-z_]*(?:home|path|key|token)\b|"
        r"/etc/(?:passwd|shadow)|~/\.ssh|\bid_rsa\b|(?<!\w)\.env\b",
        r"\benv(?:ironment)?[\s-]*var(?:iable)?s?\b|\byour environment\b|\bpasswords?\b|\bpassphrase\b|\bcredentials?\b|"
        r"\b(?:your|my|the|any|server) secrets?\b",
        r"\b(?:show|reveal|print|tell|give|repeat|display|leak|dump|output|disclose|share|copy|what(?:'s| is| are| were))\b.{0,30}"
        r"\b(?:your|the|initial|hidden|above|exact)\s+(?:\w+\s+){0,2}?(?:system\s+(?:prompt|message|instructions?)|hidden\s+prompt|prompts?\b|"
        r"initial\s+(?:prompt|instructions?)|instructions?\b)",
        r"環境変数|api\s*キー|パスワード|秘密鍵|認証情報|アクセストークン|秘密の?(?:情報|鍵|キー)|機密",
        r"(?:システム|内部|隠し)の?(?:プロンプト|指示).{0,12}(?:見せ|教え|表示|出力|公開|書き|全文|は[?？]?$|を)|"
        r"(?:あなた|君|お前)(?:へ|に与えられた|の|への)(?:プロンプト|指示|設定).{0,10}(?:見せ|教え|表示|出力|何)",
    ),
    "instructions": (
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|drop|skip|circumvent|neglect|violate|break)\b[^.?!]{{0,30}}\b{_PAST}\b[^.?!]{{0,30}}\b{_ORDERS}",
        r"\b(?:ignore|disregard|forget)\b\s+(?:everything|all(?:\s+of)?|what)\s+(?:that\s+)?(?:above|before|you|the above|i said|was said|previous)",
        r"\byou are now\b|\bfrom now on,?\s+you\b|\b(?:act|behave) as (?:if you|an?\b|the\b|though)|\bpretend (?:to be|you|that you)|"
        r"\broleplay|\brole-play|\bjailbreak|\bdeveloper mode|\bDAN\b|\bdo anything now\b|\bnew instructions?\s*:|\boverride\s*:",
        r"(?:^|\s|\W)(?:system|assistant|developer)\s*:|<\|?\/?(?:system|im_start|im_end|assistant|inst)\b|\[/?inst\]|#{2,}\s*(?:system|instructions?)",
        rf"\b(?:respond|reply|answer|output|say|print|return)\s+(?:to\s+\w+\s+)?(?:with\s+)?(?:only|just|exactly|nothing but|simply)\b(?!\s+(?:in|if|when|the|about|for|using|from|with)\b|\s+\d+{_NOT_A_SIZE[3:-1]})",
        r"\b(?:respond|reply|answer)\s+(?:only|just|exactly)\s+(?:with|the number|using the words?)",
        rf"\b(?:just|and|then|please|must|always|only|to|should|you|simply|instead|now)\s+{_SAY}{_THAT}\s*[:=]?\s*[\"'「]?\s*-?\d++(?:\.\d++)?{_NOT_A_SIZE}",
        rf"^\W*(?:say|output|print|claim|reply|respond){_THAT}\s*[:=]?\s*[\"'「]?\s*-?\d++(?:\.\d++)?{_NOT_A_SIZE}",
        r"^\W*(?:the\s+)?(?:answer|result)\s*(?:is|[:=])\s*-?\d",
        r"\b(?:execute|exec|eval)\b.{0,20}\b(?:code|command|script|shell|bash|python)|\brm\s+-rf?\b|\bsudo\s|\bsubprocess\b|"
        r"__import__|\bimport os\b|\bdrop table\b|\bcurl\s+http|\bdelete (?:all|every|the) (?:files?|runs?|data|folder)",
        r"(?:これまで|今まで|ここまで|以前|上記|前述|前|上|全て|すべて|全部|先ほど|さっき|与えられた|システム|元)の?.{0,8}(?:指示|命令|ルール|プロンプト|設定|制約|指令).{0,8}"
        r"(?:無視|忘れ|破棄|従わ|取り消|上書き|リセット)|(?:指示|命令|ルール|制約|プロンプト)を?(?:は|すべて|全て|全部|一切)?(?:無視|忘れ)",
        r"-?\d+(?:\.\d+)?\s*(?:」|\")?\s*(?:だ)?(?:と|とだけ)(?:言っ|言え|答え|返(?:し|答|事)|出力|回答し|表示し|報告(?:し|せ)|書(?:い|け)|述べ|主張)",
        r"結果(?:に|と|が)(?:関係|関わら|かかわら|何であ|どうであ).{0,8}(?:報告|答え|言|出力|書)|(?:システム|アシスタント|開発者)\s*[:：]",
        r"と(?:だけ|のみ)(?:答え|言|返|出力|回答|書)|(?:だけ|のみ)を?(?:答え|出力|返)(?:て|ろ|よ)|になりきっ|のふりをし|として振る舞|(?:コマンド|シェル|コード)を(?:実行|走らせ)",
        r"あなたは今から|今からあなたは|新しい指示[:：]|開発者モード",
    ),
    "claimed_proof": (
        r"\b(?:say|claim|state|write|pretend|assert|mark|declare|tell|announce|report|label|certify|confirm)\b.{0,60}\b(?:proved|proven|proves|a proof|qed|"
        r"lean (?:accepted|checked|verified)|formally verified|verified by lean)\b",
        r"\b(?:without|no need (?:for|of)|skip)\b.{0,20}\b(?:a |the |any |actual )?(?:proof|proving|lean)\b.{0,40}\b(?:say|claim|proved|proven|true)|"
        r"\bfake (?:a |the )?proof\b|\bprove\b.{0,60}\beven if (?:it|that) is (?:false|wrong)",
        r"証明(?:した|された|済み|できた|が(?:済|完了))(?:こと|もの|と|ふり|事).{0,10}(?:に|言|書|し|主張|答|述べ|報告|宣言)|証明なしで.{0,20}(?:正しい|証明)",
    ),
    "invented": (
        rf"(?<!mean to )(?<!meant to )\b(?:make\s*up|making\s*up|made[\s-]*up|invent|fabricate|fake|falsify|concoct|fudge|dream up|cook up|cook the)\b.{{0,40}}\b{_FIGURE}\b",
        r"\b(?:just|please|simply)\s+(?:make (?:it|one|something|them) up|guess\b|invent|bluff|improvise)|\bmake (?:it|one|something|them) up\b",
        rf"\b(?:give|tell|pick|use|say|provide|want|need|write|quote|choose|return|put)\b.{{0,25}}\b(?:any|plausible|random|believable|realistic[\s-]looking|"
        rf"reasonable[\s-]looking|made-up|fictional|fictitious|imaginary|approximate from memory|arbitrary|whatever)\s+(?:\w+\s+){{0,2}}?{_FIGURE}\b",
        rf"(?<!what is a )(?<!what are )\b(?:plausible|believable|realistic)[\s-](?:looking\s+|sounding\s+)?(?:\w+\s+)?{_FIGURE}\b|\bany (?:old )?(?:number|value|figure) (?:will do|is fine|works|is ok)",
        r"\b(?:without|don't|do not|no need to|never|not|skip|instead of)\s+(?:actually\s+|really\s+|even\s+|bother(?:ing)?\s+(?:to\s+|with\s+)?)*"
        r"(?:comput|calculat|running|run |simulat|the (?:calculation|computation))",
        r"\bguess\s+(?:the|a|an|some|its|what|me)\b(?!\s+(?:wave|state|ansatz|function)).{0,40}|\b(?:off the top of your head|from memory|out of thin air|take a guess|wild guess|your best guess|educated guess of the (?:number|value|energy))\b",
        rf"(?:適当な|てきとうな|でたらめな|いい加減な|それらしい|もっともらしい|それっぽい|架空の|嘘の|うその|偽の|仮の|ランダムな|任意の|何か){_NUM_JA}",
        rf"適当(?:で(?:いい|良い|よい|構わ|かまわ|も)|に(?:答え|数|値|作|書|言|決め))|でっち上げ|でっちあげ|捏造|ねつ造|作り話|{_NUM_JA}を(?:作っ|創作|でっち|捏造|盛っ)|"
        r"(?:勘|当てずっぽう|あてずっぽう|推測|想像|記憶)で(?:いい|よい|良い|答|数|言|構|も)|計算(?:せず|しない|しなくて|なし|は(?:不要|いらない|しなくて|省))|嘘でも?(?:いい|よい|良い)",
    ),
    "live": (
        r"\bweather\b|\bforecast for\b|\b(?:today's|todays|latest|breaking|current)\s+(?:\w+\s+)?(?:news|headlines?|price|prices|score|weather|events)\b|\bstock (?:price|market)|"
        r"\bnews (?:today|about|on)\b|\bbitcoin\b|\bexchange rate|\bwhat (?:time|day|date) is it\b|\bcurrent (?:time|date|price|president)\b|\bright now\b.{0,20}\b(?:price|news)",
        r"天気|ニュース|株価|為替|現在時刻|今何時|今日の(?:日付|予定|試合|気温)|最新の(?:ニュース|株|試合|価格)|ビットコイン",
    ),
}  # fmt: skip

ABOUT = (
    r"^\W*(?:why|how|what|when|which|if|in\s+wh(?:at|ich))\b[^.!?:;\n]*\?\W*$|"
    r"^[^。.!?:：;\n]*(?:なぜ|どうして|何|どう|どの|仕組み|理由|とき)[^。.!?:：;\n]*(?:か|は|て|理由|仕組み)[?。]?\W*$"
)
"""One sentence that asks why, how, what or when."""
ADDRESSED = (
    r"\b(?:you|your|me|us|please|just|simply|ignore|disregard|forget|override|say\s+that|not|about)\b|"
    r"\d|ください|下さい|くれ|(?:答え|言っ|出力し|返し|書い|作っ|回答し|報告し|教え)(?:て(?!しま|い[るた])|ろ|よ)|せよ|しろ|無視|従|適当|勘で|いいので"
)
"""Words by which a question asks something of the assistant itself, or puts a value into its mouth."""
