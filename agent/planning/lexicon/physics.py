# ruff: noqa: E501
"""Quantities and systems people ask for, whether or not a tool has them.

A quantity is computed by a tool whose ``words`` hold one of its phrases; a system is available when the words of a
Spec's values hold the phrase. What is left is named in a refusal instead of being taken for something else.
"""

from dataclasses import dataclass

from agent.planning.phrases import phrases
from physics_engines.text import Text


@dataclass(frozen=True)
class Quantity:
    """A quantity; ``context`` are phrases that point to it without naming it."""

    name: Text
    phrases: tuple[str, ...]
    context: tuple[str, ...] = ()


@dataclass(frozen=True)
class System:
    """A lattice, model or variant of a model."""

    name: Text
    phrases: tuple[str, ...]


def _quantity(en: str, ja: str, said: str, context: str = "") -> Quantity:
    return Quantity(Text(en=en, ja=ja), phrases(f"{en}|{ja}|{said}"), phrases(context))


def _system(en: str, ja: str, said: str = "") -> System:
    return System(Text(en=en, ja=ja), phrases(f"{en}|{ja}|{said}"))


QUANTITIES = (
    _quantity(
        "ground-state energy",
        "基底エネルギー",
        "gs energy|ground energy|energy per site|energy per spin|energy/site|energy density|lowest energy|minimum energy|"
        "lowest eigenvalue|smallest eigenvalue|e0|e_gs|egs|ground state energies|energy of the ground state|energy|"
        "groundstate energy|lowest state|e/n|e/j|e0/n|e_0/n|e per site|e per spin|gs e|e/site|e/l|基底状態エネルギー|基底状態のエネルギー|最低状態|最低エネルギー|最低固有値|"
        "最小固有値|サイトあたりのエネルギー|1サイトあたりのエネルギー|エネルギー|基底状態での エネルギー",
        "ground state|gs|基底状態|基底",
    ),
    _quantity(
        "energy gap",
        "エネルギーギャップ",
        "gap|spin gap|excitation gap|mass gap|gap energy|ギャップ|スピンギャップ|励起ギャップ",
    ),
    _quantity(
        "excited states",
        "励起状態",
        "excited state|excitation energy|excitation energies|first excited|lowest triplet|energy of the first excited state|excitation|"
        "energy of the excited states|first excited state energy|excited state energy|励起状態のエネルギー|励起エネルギー|第一励起|第1励起",
    ),
    _quantity("magnon dispersion", "マグノン分散", "dispersion|dispersion relation|magnon spectrum|分散関係"),
    _quantity(
        "spectrum",
        "スペクトル",
        "energy spectrum|energy levels|all eigenvalues|density of states|エネルギー準位|状態密度",
    ),
    # Methods nobody offers here: named in the reading, so that another method is not taken for them.
    _quantity(
        "tensor networks other than matrix product states",
        "行列積状態以外のテンソルネットワーク",
        "peps|projected entangled pair states|mera|tree tensor network|infinite dmrg|idmrg|無限系dmrg",
    ),
    _quantity(
        "quantum Monte Carlo",
        "量子モンテカルロ",
        "qmc|sse|stochastic series expansion|worm algorithm|世界線モンテカルロ",
    ),
    _quantity(
        "mean-field or spin-wave theory",
        "平均場・スピン波理論",
        "spin-wave theory|spin wave theory|linear spin-wave|スピン波理論",
    ),
    _quantity(
        "a network that is not offered",
        "ここにないネットワーク",
        "gcnn|graph neural network|group-equivariant network|autoregressive|autoregressive network|rnn|recurrent network|"
        "recurrent neural network|pfaffian|gutzwiller|自己回帰|回帰型|再帰型ネットワーク|グラフニューラルネットワーク|パフィアン|グッツヴィラー",
    ),
    _quantity("specific heat", "比熱", "heat capacity|熱容量"),
    _quantity(
        "critical temperature",
        "臨界温度",
        "tc|t_c|curie temperature|néel temperature|neel temperature|transition temperature|転移温度|相転移温度|キュリー温度",
    ),
    _quantity("critical exponents", "臨界指数", "critical exponent|exponent ν|exponent β"),
    _quantity(
        "magnetisation",
        "磁化",
        "magnetization|transverse magnetisation|transverse magnetization|横磁化|staggered magnetization|staggered magnetisation|order parameter|自発磁化|"
        "交替磁化|秩序変数|磁気モーメント|sublattice magnetization|magnetic moment",
    ),
    _quantity("susceptibility", "感受率", "magnetic susceptibility|帯磁率|磁化率|binder cumulant|ビンダー比"),
    _quantity(
        "spectral function",
        "スペクトル関数",
        "dynamical structure factor|green's function|greens function|グリーン関数|動的構造因子",
    ),
    _quantity("structure factor", "構造因子", "static structure factor|spin structure factor"),
    _quantity(
        "correlation function",
        "相関関数",
        "correlations|correlator|spin correlation|スピン相関|相関",
    ),
    _quantity("correlation length", "相関長", "correlation lengths"),
    _quantity(
        "fidelity",
        "忠実度",
        "fidelity with the exact ground state|fidelity with the exact state|fidelity to the exact ground state|"
        "overlap with the exact ground state|overlap with the exact state|フィデリティ|厳密な基底状態との忠実度|"
        "厳密な基底状態との重なり|厳密解との忠実度|厳密解との重なり",
    ),
    _quantity(
        "energy variance",
        "エネルギー分散",
        "variance of the energy|v-score|vスコア|v score|エネルギーの分散|variance per site",
    ),
    _quantity(
        "zero-variance extrapolation",
        "ゼロ分散外挿",
        "zero-variance extrapolated energy|zero variance extrapolation|variance extrapolation|zero-variance energy|"
        "extrapolated to zero variance|extrapolate to zero variance|分散ゼロへの外挿|分散外挿|ゼロ分散への外挿",
    ),
    _quantity("momentum distribution", "運動量分布", "n(k)|momentum occupation"),
    _quantity(
        "dimer order",
        "ダイマー秩序",
        "dimer order parameter|dimer correlation|dimer correlations|dimer-dimer correlation|dimer-dimer correlations|"
        "ダイマー相関|ダイマー秩序変数|plaquette order|プラケット秩序",
    ),
    _quantity("chirality", "カイラリティ", "scalar chirality|spin chirality|スカラーカイラリティ|スピンカイラリティ"),
    _quantity(
        "double occupancy",
        "二重占有",
        "doublon density|density of doublons|pair correlation|pairing correlation|pairing correlations|超伝導相関|二重占有率",
    ),
    _quantity(
        "entanglement entropy",
        "エンタングルメントエントロピー",
        "entanglement|rényi entropy|renyi entropy|rényi-2 entropy|renyi-2 entropy|レニーエントロピー|エンタングルメント|もつれ",
    ),
    _quantity(
        "von Neumann entropy",
        "フォン・ノイマンエントロピー",
        "von neumann entanglement entropy|フォンノイマンエントロピー",
    ),
    _quantity(
        "free energy", "自由エネルギー", "helmholtz free energy|partition function|分配関数|エントロピー|entropy"
    ),
    _quantity(
        "internal energy",
        "内部エネルギー",
        "thermal energy|energy at finite temperature|有限温度のエネルギー|熱エネルギー",
    ),
    _quantity("band structure", "バンド構造", "band gap|fermi energy|バンドギャップ|フェルミエネルギー"),
    _quantity(
        "conductivity", "伝導率", "resistivity|transport coefficient|電気伝導度|抵抗率|hall conductance|chern number"
    ),
    _quantity("bulk modulus", "体積弾性率", "elastic constants|young's modulus|弾性定数|equation of state|状態方程式"),
    _quantity(
        "lattice constant",
        "格子定数",
        "lattice parameter|formation energy|cohesive energy|生成エネルギー|凝集エネルギー",
    ),
    _quantity("phonon dispersion", "フォノン分散", "phonon|phonons|フォノン"),
    _quantity(
        "binding energy",
        "結合エネルギー",
        "ionization energy|ionisation energy|イオン化エネルギー|correlation energy|相関エネルギー",
    ),
    _quantity("phase diagram", "相図", "phase boundary|相境界"),
    _quantity("spin stiffness", "スピン剛性", "spin-wave velocity|superfluid density|スピン波速度"),
    _quantity(
        "amplitudes of the wave function",
        "波動関数の振幅",
        "amplitudes|amplitude|wave function coefficients|state vector|"
        "statevector|wavefunction coefficients|full wave function|full wavefunction|coefficients of the wave function|"
        "all coefficients|振幅|全振幅|波動関数の全成分|全成分|係数|状態ベクトル|波動関数の成分|density matrix|密度行列|"
        "whole hamiltonian matrix|hamiltonian matrix|ハミルトニアン行列",
    ),
)

SYSTEMS = (
    _system(
        "hexagonal lattice, that is triangular or honeycomb",
        "六角格子（三角格子か蜂の巣格子）",
        "hexagonal|hexagonal lattice|六角格子",
    ),
    _system("graphene", "グラフェン"),
    _system(
        "cubic lattice",
        "立方格子",
        "cubic|simple cubic|3d|three-dimensional|three dimensions|3次元|三次元|fcc|bcc|立方",
    ),
    _system(
        "pyrochlore lattice", "パイロクロア格子", "pyrochlore|diamond lattice|hyperkagome|パイロクロア|ダイヤモンド格子"
    ),
    _system("quantum dimer model", "量子ダイマー模型", "dimer model|rokhsar-kivelson|ダイマー模型|量子ダイマーモデル"),
    _system(
        "table of couplings in a question (it goes into a Spec: ansatz run nqs.exact --model couplings --couplings ...)",
        "質問文中の結合の表（Spec で渡します: ansatz run nqs.exact --model couplings --couplings …）",
        "table of couplings|couplings table|coupling table|coupling matrix|couplings.csv|load the couplings|"
        "couplings from the file|couplings from a file|list of couplings|結合の表|結合の一覧|結合定数の表|結合行列",
    ),
    _system("ladder", "梯子格子", "ladder|two-leg ladder|梯子|はしご|ラダー"),
    _system(
        "Shastry-Sutherland lattice",
        "シャストリー・サザーランド格子",
        "shastry-sutherland|bethe lattice|checkerboard|lieb lattice",
    ),
    _system("rectangular cylinder", "円筒", "cylinder|シリンダー|円筒"),
    _system(
        "antiperiodic or twisted boundary",
        "反周期またはひねった境界条件",
        "antiperiodic|anti-periodic|twisted boundary|twisted|boundary twist|反周期|ひねり境界",
    ),
    _system(
        "filling other than one half, unless the numbers of up and down electrons are given",
        "半充填以外の充填率（上向きと下向きの電子数で指定してください）",
        "quarter filling|quarter filled|quarter-filled|three-quarter filling|doped|doping|hole-doped|"
        "四分の一充填|1/4充填|クォーターフィリング|ドープ|ホールドープ",
    ),
    _system("extended Hubbard model", "拡張ハバード模型", "extended hubbard|ionic hubbard|拡張ハバード|t-j-v"),
    _system("Bose-Hubbard model", "ボース・ハバード模型", "bose-hubbard|ボースハバード"),
    _system("t-J model", "t-J 模型", "t-j|tj model|tj模型"),
    _system("XYZ model", "XYZ 模型", "xyz|xyz chain|xyz heisenberg|xyzモデル"),
    _system(
        "single-ion anisotropy",
        "単一イオン異方性",
        "single ion anisotropy|uniaxial anisotropy|in-plane anisotropy|一軸異方性",
    ),
    _system("XY model", "XY 模型", "xy chain|xyモデル"),
    _system("Potts model", "ポッツ模型", "potts|clock model|ポッツ"),
    _system("Kitaev model", "キタエフ模型", "kitaev|toric code|キタエフ|トーリックコード"),
    _system("AKLT model", "AKLT 模型", "aklt|haldane chain|bilinear-biquadratic|haldane-shastry"),
    _system("SSH model", "SSH 模型", "su-schrieffer-heeger|rice-mele|haldane model|kane-mele"),
    _system("Anderson model", "アンダーソン模型", "anderson impurity|kondo|近藤模型|近藤|アンダーソン"),
    _system(
        "spin glass",
        "スピングラス",
        "edwards-anderson|sherrington-kirkpatrick|sk model|スピングラス模型",
    ),
    _system(
        "model with disorder",
        "乱れのある模型",
        "random couplings|random exchange|random bond|random bonds|random-bond|random field|random-field|random heisenberg|"
        "random ising|random singlet|disordered|disorder|quenched disorder|乱れた|乱れ|ランダム磁場|ランダムボンド|ランダムな結合",
    ),
    _system(
        "dimerised chain",
        "ダイマー化した鎖",
        "dimerized|dimerised|dimerization|dimerisation|alternating chain|bond-alternating|alternating bonds|spin-peierls|"
        "ダイマー化|交替鎖|ボンド交替",
    ),
    _system(
        "sector of fixed momentum, parity or spin",
        "運動量・パリティ・スピンを指定したセクター",
        "momentum|momentum sector|crystal momentum|triplet|triplet sector|quintet|odd parity|運動量セクター|運動量|三重項",
    ),
    _system("Jaynes-Cummings model", "ジェインズ・カミングス模型", "jaynes-cummings|dicke model|rabi model|lipkin"),
    _system(
        "J1-J2-J3 model",
        "J1-J2-J3 模型",
        "j3|j1-j2-j3|third neighbour|third neighbor|第三近接",
    ),
    _system(
        "Dzyaloshinskii-Moriya interaction",
        "ジャロシンスキー・守谷相互作用",
        "dzyaloshinskii-moriya|dm interaction|dmi|ジャロシンスキー守谷",
    ),
    _system(
        "long-range interaction",
        "長距離相互作用",
        "long-range interactions|long-range heisenberg|dipolar|power-law interactions|双極子相互作用",
    ),
    _system("spin one", "スピン1", "spin-1|spin 1|s=1|spin-3/2|spin 3/2|spin-5/2|スピン3/2"),
    _system("hydrogen atom", "水素原子", "helium|helium atom|hydrogen molecule|h2 molecule|ヘリウム|水素分子|水素"),
    _system(
        "harmonic oscillator", "調和振動子", "anharmonic oscillator|particle in a box|井戸型ポテンシャル|非調和振動子"
    ),
    _system(
        "Lennard-Jones system", "レナード・ジョーンズ系", "lennard-jones|electron gas|電子ガス|nuclear matter|quark"
    ),
    _system(
        "finite temperature",
        "有限温度",
        "infinite temperature|inverse temperature|room temperature|thermal average|high temperature|at temperature|高温",
    ),
    _system(
        "Ising model with a longitudinal field",
        "縦磁場イジング模型",
        "longitudinal field|longitudinal|縦磁場|mixed field ising|field along z|magnetic field along z|magnetic field in the z direction|field in z|z field|field in the z direction|z方向の磁場",
    ),
)

FALSE_FRIENDS = phrases(
    "markov chain|markov chains|chain rule|chain of thought|least squares|least square|mean square|mean squared|square root|"
    "root mean square|squared error|squared|antiferromagnet|antiferromagnetic|afm|energy-based|energy based model|"
    "conservation of energy|energy conservation|high energy|high-energy|open source|open question|open-source|spin-1/2|"
    "spin 1/2|s=1/2|spin-half|spin half|field theory|mean field|mean-field|neural network field theory|vector field|"
    "force field|gauge field|per site|per spin|per dimer|per plaquette|per trimer|dimer state|dimer phase|dimer covering|dimer product|サンプリング|カップリング|アニーリング|フィルタリング|プーリング|レンダリング|エンジニアリング|モニタリング|スケジューリング|ラベリング|チューリング|スケーリング|モデリング|トレーニング|クラスタリング|ダイマー状態|ダイマー相|プラケットあたり|1サイトあたり|サイトあたり|1サイト当たり|サイト当たり|1スピンあたり|スピンあたり|"
    "一サイトあたり|gap between|bridge the gap|learning curve|supply chain|block chain|supersymmetry|"
    "マルコフ連鎖|連鎖律|連鎖|最小二乗|最小2乗|二乗|反強磁性|反強磁性体|エネルギー保存|高エネルギー|場の理論|平均場|スピン1/2|"
    "スピン2分の1|スピン二分の一|ベクトル場|力場|ゲージ場|周期表|周期律|周期的運動|周期運動|エネルギー関数|エネルギーベース|自由度|学習率"
)
"""Phrases that hold a word of the vocabulary in another meaning; found first, they take it with them."""

CORRECT_WORDS = phrases(
    "change|changes|modes|modal|enact|react|squares|spine|opened|stale|stare|fields|exert|expert|expect|extract|train|"
    "brain|grain|chair|china|claim|couple|double|samples|simple|single|scale|steps|stops|level|limit|later|latter|matter|"
    "pattern|physics|product|quantum|random|result|right|state|states|status|theory|thing|think|three|total|value|water|"
    "where|which|while|whole|world|would|write|zeros|operator|operators|potential|particle|solution|lattices|energetic"
)
"""Right words that look like slips of others."""

TEMPERATURE = (
    r"(?:\btemperatures?\b(?:\s+(?:of|at|is|=))*|温度(?:を|が|は|で)?)\s*(?P<value>[-+]?(?:\d+(?:\.\d+)?|nan\b|inf\w*))"
)
INFINITE = (
    r"\binfinite(?:ly)?[\s-]+(?:\w+[\s-]+){0,3}?(?:chain|lattice|system|size|square|model|long)|thermodynamic limit|"
    r"\b[NL]\s*(?:→|->|=|to)\s*(?:∞|inf(?:inity)?\b)|infinite[\s-]system|bulk limit|infinite volume|無限(?:に長い|系|鎖|格子|大の?系|サイズ|一次元|長)|"
    r"熱力学(?:的)?極限|バルク極限|無限次元系"
)
ALL_AMPLITUDES = (
    r"\b(?:all|every|each|full|complete|entire|whole|list|print|give|output|store|dump)\b.{0,40}\b(?:amplitudes?|coefficients?|components?|"
    r"wave\s?functions?|state\s?vectors?|probabilities|configurations|basis states|eigenvalues|eigenvectors)\b|"
    r"(?:全て|すべて|全部|全)(?:の)?.{0,12}(?:振幅|成分|係数|配置|固有値|固有ベクトル|基底状態を列挙)|状態ベクトル(?:全体|をすべて)"
)
