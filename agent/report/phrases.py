"""The fixed sentences of an answer, in both languages."""

from physics_engines.text import Text

STATED = {
    "exact": Text(en="The {label} is [{id}] ({method}, exact).", ja="{label}は [{id}] です（{method}、厳密値）。"),
    "upper_bound": Text(
        en="The {label} is [{id}], a variational upper bound ({method}).",
        ja="{label}は [{id}] です（変分上界、{method}）。",
    ),
    "stochastic": Text(en="The {label} is [{id}] ({method}).", ja="{label}は [{id}] です（{method}）。"),
    "fit": Text(en="The {label} is [{id}], from a fit ({method}).", ja="{label}は [{id}] です（フィット、{method}）。"),
}
CONVENTION = Text(en="Convention: {convention}.", ja="規約：{convention}。")
FLAGGED = Text(en="Caution on [{id}]: {flags}.", ja="[{id}] についての注意：{flags}。")
PROVED = Text(en="The statement [{id}] has the verdict: {verdict}.", ja="命題 [{id}] の判定：{verdict}。")
IN_THE_WORDS = Text(en="In the words of the library:", ja="ライブラリの記述：")
OTHER_LANGUAGE = Text(en="(The passage is quoted in its own language.)", ja="（引用は原文の言語のまま示しています。）")
NOT_FOUND = Text(en="Not found in the library.", ja="ライブラリには見つかりませんでした。")
NOT_FOUND_PART = Text(
    en="On the rest of the question, nothing was found in the library.",
    ja="質問の残りの部分については、ライブラリに見つかりませんでした。",
)
NEAREST_HEADINGS = Text(en="Nearest headings: {headings}.", ja="近い見出し：{headings}。")
STEP_FAILED = Text(en="{tool} gave no result: {error}", ja="{tool} は結果を返しませんでした：{error}")
REMOVED_NOTE = Text(
    en="⟨unverified⟩ marks what the model wrote and no evidence supports; it was taken out ({count}).",
    ja="⟨未検証⟩ は、モデルが書いたが根拠のない箇所です。本文から取り除きました（{count} 箇所）。",
)
CORRECTED_NOTE = Text(
    en="Numbers of the model that disagreed with the evidence were replaced by the evidence ({count}).",
    ja="根拠と食い違うモデルの数値は、根拠の値に置き換えました（{count} 箇所）。",
)
MODEL_WORDS = Text(
    en="Sentences without a reference are the model's own words and were not checked.",
    ja="参照のない文はモデル自身の言葉で、検証されていません。",
)
HELD_TO_PASSAGES = Text(
    en="Each sentence of the model names its passage and was compared with it by code: numbers, quoted words, "
    "formulas, names and wording. Whether it follows from the passage is for you to judge: its words stand below.",
    ja="モデルの各文は根拠の一節を示し、数値・引用・数式・名前・語句をその一節とプログラムで照合しました。"
    "一節から導けるかどうかは、下に引用した原文でご確認ください。",
)
DROPPED_NOTE = Text(
    en="Sentences of the model that its passages do not bear out were left out ({count}).",
    ja="根拠の一節に裏付けられないモデルの文は省きました（{count} 文）。",
)
NOTHING_USED = Text(
    en="The model's text referred to none of the evidence; the evidence is stated by template instead.",
    ja="モデルの文章が根拠を一つも参照していないため、定型文で根拠を示しました。",
)
OTHER_TONGUE = Text(
    en="The model did not write in the language of the question; the evidence is stated by template instead.",
    ja="モデルが質問の言語で書かなかったため、定型文で根拠を示しました。",
)
FELL_BACK = Text(
    en="The model could not be used ({error}); the rule-based tier went on.",
    ja="モデルを利用できませんでした（{error}）。ルールに基づく層で続けました。",
)
NO_MODEL = Text(
    en="no model configured: set OPENAI_API_KEY, OPENAI_BASE_URL or ANSATZ_MODEL for free-form answers",
    ja="モデルの設定なし。自由な文章の回答には OPENAI_API_KEY、OPENAI_BASE_URL、ANSATZ_MODEL のいずれかを設定",
)
SILENT_MODEL = Text(
    en="the configured {model} gave no usable answer, so the rules answered; the note says why",
    ja="設定された {model} から使える回答が得られなかったため、ルールが回答。理由は注記のとおり",
)
BRACKETED = Text(en="{tier} ({why})", ja="{tier}（{why}）")
PLAN_REPLACED = Text(
    en="The model's plan was replaced because it contradicts the question ({problems}).",
    ja="モデルの計画は質問と食い違うため、置き換えました（{problems}）。",
)
REJECTED = Text(
    en="All calculations were rejected; nothing was run.", ja="すべての計算が却下されたため、何も実行していません。"
)
NOT_UNDERSTOOD = Text(
    en="I could not tell what to compute or look up. The nearest things I can do:",
    ja="何を計算し何を調べればよいか判断できませんでした。近い機能は次のとおりです。",
)
HELP = Text(en="What I can do:", ja="できること：")
NO_JOBS = Text(en="There are no calculations yet.", ja="計算はまだありません。")
COMPUTED = Text(en="Read as: {what}", ja="読み取り: {what}")
JOINT = Text(en="; ", ja="；")
