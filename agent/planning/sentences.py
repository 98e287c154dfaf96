# ruff: noqa: E501
"""Every sentence the understanding of a question can say, in both languages.

Refusals show no number but those of the question: bounds and caps are named in words.
"""

from physics_engines.text import Language, Text

_SENTENCES: dict[str, Text] = {
    # refusals
    "secrets": Text(
        en="Secrets of the environment, keys and prompts are never shown; ask a physics question instead.",
        ja="環境の秘密情報・鍵・プロンプトは表示しません。物理の質問をしてください。",
    ),
    "instructions": Text(
        en="The question carries instructions about what to answer; answers here come only from computation, citation "
        "or proof, so it is refused. Ask the physics question alone.",
        ja="質問に回答内容への指示が含まれています。ここでの回答は計算・引用・証明だけに基づくため、お断りします。物理の質問だけを書いてください。",
    ),
    "invented": Text(
        en="Numbers, quotations and results are not made up here; each is computed, cited or proved. "
        "Ask for the computation itself.",
        ja="数値・引用・結果を作り出すことはしません。すべて計算・引用・証明に基づきます。計算そのものを依頼してください。",
    ),
    "claimed_proof": Text(
        en="A statement is called proved only when a proof assistant has checked it; such a claim is not written on request.",
        ja="証明済みと書けるのは証明支援系が検査した命題だけです。依頼によってそのように主張することはできません。",
    ),
    "live": Text(
        en="News, prices, weather and the time of day are not known here: answers come from physics engines and the library.",
        ja="ニュース・価格・天気・時刻は扱いません。回答は物理エンジンと蔵書だけに基づきます。",
    ),
    "empty": Text(en="The question is empty.", ja="質問が空です。"),
    "too_long": Text(
        en="The question is too long to be read as one question; shorten it to the question itself.",
        ja="質問が長すぎて一つの質問として読めません。質問だけに短くしてください。",
    ),
    "unknown_system": Text(
        en="No tool here treats this: {what}. Available are: {available}.",
        ja="これを扱うツールはありません: {what}。使えるもの: {available}。",
    ),
    "unknown_parameter": Text(
        en='No tool here takes the parameter in "{what}"; it would have been ignored, so nothing was computed.',
        ja="「{what}」のパラメータを受け取るツールはありません。無視して計算することはしません。",
    ),
    "foreign_unit": Text(
        en='The unit in "{what}" cannot be converted here; give {label} as a plain number, in units of {unit}.',
        ja="「{what}」の単位はここでは換算できません。{label} を {unit} を単位とする数で書いてください。",
    ),
    "factor_unread": Text(
        en='What the factor in "{what}" multiplies could not be read; give it a name, as in h = … or J2 = ….',
        ja="「{what}」の係数が何に掛かるのか読み取れません。h = … や J2 = … のように名前を付けて書いてください。",
    ),
    "unused_parameter": Text(
        en='"{what}" does not belong to the {other}; nothing was computed, since it would have been ignored.',
        ja="「{what}」は{other}には含まれない量です。無視して計算することはしません。",
    ),
    "unclear_with": Text(
        en='"{what}" is not clear for the {other}; give the {label} instead.',
        ja="「{what}」は{other}でははっきりしません。代わりに{label}を書いてください。",
    ),
    "not_computed": Text(
        en="No tool here computes this: {what}. What can be computed: {available}.",
        ja="これを計算するツールはありません: {what}。計算できるもの: {available}。",
    ),
    "all_amplitudes": Text(
        en="The number of amplitudes doubles with every spin: that many can neither be computed nor stored.",
        ja="振幅の数はスピンが一つ増えるごとに倍になり、この数の振幅は計算も保存もできません。",
    ),
    "too_large_system": Text(
        en='A state of "{what}" fits no machine; name a size that can be computed.',
        ja="「{what}」の状態を保持できる計算機はありません。計算できるサイズを指定してください。",
    ),
    "infinite": Text(
        en="An infinite system cannot be computed here, and a finite one is not put in its place silently; name a finite size.",
        ja="無限系は計算できません。有限系で黙って置き換えることもしません。有限のサイズを指定してください。",
    ),
    "meaningless": Text(en='"{what}" has no physical meaning: {why}.', ja="「{what}」は物理的に意味がありません: {why}。"),
    "temperature": Text(
        en="an absolute temperature is positive, and finite",
        ja="絶対温度は正の有限の値です",
    ),
    "as_asked": Text(en="This cannot be computed as asked: {why}.", ja="このままでは計算できません: {why}。"),
    "out_of_bounds": Text(en='"{what}" cannot be used: {why}.', ja="「{what}」は使えません: {why}。"),
    "too_many_steps": Text(
        en="The question asks for more calls than one plan may hold (at most {cap}); ask for fewer values at once.",
        ja="一つの計画に入る呼び出しの数（{cap}個まで）を超えています。値の数を減らしてください。",
    ),
    "bad_step": Text(
        en='The range "{what}" never reaches its end; check the step and its sign.',
        ja="範囲「{what}」は終点に達しません。刻み幅とその符号を確かめてください。",
    ),
    "contradiction": Text(
        en="The question says two things about one quantity: {what}; say which is meant.",
        ja="一つの量について二通りに書かれています: {what}。どちらかに決めてください。",
    ),
    "no_lattice_of_dimension": Text(
        en='No lattice here has as many extents as "{what}". Available are: {available}.',
        ja="「{what}」と同じ次元の格子はありません。使えるもの: {available}。",
    ),
    "no_prover": Text(
        en="Proofs are not available here: no tool can check one, and nothing is called proved without a check.",
        ja="証明はできません。検査するツールがなく、検査なしに証明済みとは言いません。",
    ),
    "no_hypothesis": Text(
        en="A test of a hypothesis is not something this planner can write; ask for the single computations it needs.",
        ja="仮説の検証はこの計画器では組めません。必要な計算を一つずつ依頼してください。",
    ),
    "no_library": Text(
        en="This is a question for a library, and no library tool is installed.",
        ja="蔵書に対する質問ですが、蔵書を検索するツールがありません。",
    ),
    "convention_refused": Text(en="{note}.", ja="{note}。"),
    # reasons of bounds, in words
    "positive": Text(en="it must be positive", ja="正の値でなければなりません"),
    "not_negative": Text(en="it must not be negative", ja="負の値は使えません"),
    "too_small": Text(
        en="it is below the smallest value this tool accepts (bounds: ansatz run {tool} --help)",
        ja="このツールが受け付ける最小値より小さい値です（範囲: ansatz run {tool} --help）",
    ),
    "too_large": Text(
        en="it is above the largest value this tool accepts (bounds: ansatz run {tool} --help)",
        ja="このツールが受け付ける最大値より大きい値です（範囲: ansatz run {tool} --help）",
    ),
    "finite": Text(en="it must be a finite number", ja="有限の数でなければなりません"),
    "whole": Text(en="it must be a whole number", ja="整数でなければなりません"),
    "malformed": Text(en="it does not fit this tool (see: ansatz run {tool} --help)", ja="このツールに合いません（ansatz run {tool} --help を参照）"),
    # questions to the user
    "which": Text(en="Which {label}? Available: {options}.", ja="{label}はどれですか？ 使えるもの: {options}。"),
    "which_file": Text(
        en="Which file? Write its name with the path ({endings}).",
        ja="どのファイルですか？ パスを付けて書いてください（{endings}）。",
    ),
    "not_by_this": Text(
        en="{method} does not give this: {what}. What does: {available}.",
        ja="{method}では求められません: {what}。求められるもの: {available}。",
    ),
    "what_value": Text(en="What is the {label}?", ja="{label}の値はいくつですか？"),
    "what_size": Text(
        en="Which size? Say the number of sites or the extents, as in N=… or LxL.",
        ja="サイズはいくつですか？ サイト数または各方向の長さ（N=… や LxL）を書いてください。",
    ),
    "which_extents": Text(
        en='Which extents? "{what}" does not make a lattice of equal sides.',
        ja="各方向の長さはいくつですか？ 「{what}」では各辺が等しい格子になりません。",
    ),
    "what_step": Text(en='Which step for the range "{what}"?', ja="範囲「{what}」の刻み幅はいくつですか？"),
    "which_value": Text(
        en='Which value? "{what}" leaves it open.', ja="値はいくつですか？ 「{what}」では一つに決まりません。"
    ),
    "which_tool": Text(en="What should be computed? Available: {options}.", ja="何を計算しますか？ 使えるもの: {options}。"),
    # ambiguities
    "note_square": Text(en='"{what}" was read as {value}', ja="「{what}」は {value} と読みました"),
    "note_cells": Text(
        en='"{what}" counts unit cells of {per_cell} sites each', ja="「{what}」は {per_cell} サイトの単位胞の数です"
    ),
    "note_lattice": Text(en='"{what}" was read as a {value}', ja="「{what}」は{value}と読みました"),
    "note_implied": Text(en='"{what}" was read as the {value}', ja="「{what}」から{value}と読みました"),
    "note_ratio": Text(
        en='"{what}" was read as an energy and divided by {unit}: {label} = {value}',
        ja="「{what}」をエネルギーと読み、{unit} で割りました: {label} = {value}",
    ),
    "note_unit": Text(
        en='the unit in "{what}" is not used: {label} itself is the unit of the results',
        ja="「{what}」の単位は使いません。結果は {label} を単位とします",
    ),
    "note_ignored": Text(en='"{what}" has no part in {tool} and was left out', ja="「{what}」は {tool} では使わないため除きました"),
    "note_unread": Text(
        en='the calculation does not use the number "{what}"', ja="数「{what}」は計算には使っていません"
    ),
    "note_other_unit": Text(
        en='energies are given in units of the coupling, not as in "{what}"',
        ja="エネルギーは「{what}」ではなく結合定数を単位として示します",
    ),
    "note_per_site": Text(
        en='energies are given per site, not as in "{what}"', ja="エネルギーは「{what}」ではなくサイトあたりで示します"
    ),
    "note_not_computed": Text(en="not computed, since no tool does: {what}", ja="計算しないもの（ツールがないため）: {what}"),
    "note_bare": Text(en='the number "{what}" was read as the size', ja="数「{what}」はサイズと読みました"),
    "note_prefactor": Text(
        en='the factor in "{what}" was put into the coupling: J = {value}',
        ja="「{what}」の係数は結合定数に含めました: J = {value}",
    ),
    "note_twice": Text(
        en='"{what}" counts every bond twice, so it is the same as J over each bond once',
        ja="「{what}」は各ボンドを二回数えるため、各ボンド一回の J と同じです",
    ),
    "note_zero_temperature": Text(en="T = 0 is the ground state", ja="T = 0 は基底状態です"),
    # summary
    "read_compute": Text(en="Read as: {what}", ja="読み取り: {what}"),
    "read_ask": Text(en='Read as: a question to the library, "{what}"', ja="読み取り: 蔵書への質問「{what}」"),
    "and_ask": Text(en='; and a question to the library, "{what}"', ja="；および蔵書への質問「{what}」"),
    "assumed": Text(en="; assumed: {what}", ja="；仮定: {what}"),
    "previous": Text(en="; kept from before: {what}", ja="；前の質問から: {what}"),
    "still_missing": Text(en="; not said: {what}", ja="；不足: {what}"),
    "what_to_compute": Text(en="what to compute", ja="何を計算するか"),
    "read_help": Text(en="Read as: a wish for help", ja="読み取り: 使い方の質問"),
    "read_status": Text(en="Read as: a question about running jobs", ja="読み取り: 実行中のジョブについての質問"),
    "read_prove": Text(en="Read as: a statement to be proved", ja="読み取り: 証明の依頼"),
    "read_hypothesis": Text(en="Read as: a hypothesis to be tested", ja="読み取り: 仮説の検証の依頼"),
    "read_refused": Text(en="Read as: a question that is refused", ja="読み取り: お断りする質問"),
    "read_unclear": Text(en="Not understood well enough to act on", ja="十分に理解できませんでした"),
    # reasons of steps
    "reason_compute": Text(en="{title}: {what}", ja="{title}: {what}"),
    "reason_library": Text(
        en="the question asks for knowledge, which is quoted from the library",
        ja="知識を問う部分は蔵書から引用する",
    ),
}  # fmt: skip

_NUMERALS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "ja": ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"),
}


def say(key: str, language: Language, **words: str) -> str:
    """One sentence in one language."""
    return _SENTENCES[key].in_language(language).format(**words)


def both(key: str, **words: Text) -> Text:
    """One sentence in both languages."""
    return Text(
        en=say(key, "en", **{name: text.en for name, text in words.items()}),
        ja=say(key, "ja", **{name: text.ja for name, text in words.items()}),
    )


def numeral(value: int, language: Language) -> str:
    """A small number in words."""
    return _NUMERALS[language][value] if value <= 10 else str(value)


def joined(parts: list[str], language: Language) -> str:
    """Parts of a list, with the comma of the language."""
    return ("、" if language == "ja" else ", ").join(parts)
