"""How people say the fields of a model."""

from dataclasses import replace

from physics_engines.spec import Convention, Extents, Slot
from physics_engines.text import Text

_SIGNED = {"model": ("heisenberg", "xxz")}
_SPINS = {"model": ("heisenberg", "xxz", "j1j2")}
_PAULI = {"model": ("tfim",)}
_FERROMAGNET = Text(
    en="the ferromagnet is read as H = -J Σ S·S with J > 0",
    ja="強磁性体を H = -J Σ S·S、J > 0 と読みました",
)
_WHICH_J = Text(
    en="which of J1 and J2 is ferromagnetic is not read from words; in a Spec, exchange = ferromagnetic makes it J1",
    ja="J1 と J2 のどちらが強磁性かは文からは読み取れません。Spec の exchange = ferromagnetic は J1 を指します",
)
_ANTIFERROMAGNET = Text(
    en="the antiferromagnetic Ising model is H = +J Σ σ^z σ^z - h Σ σ^x with J > 0",
    ja="反強磁性のイジング模型は H = +J Σ σ^z σ^z - h Σ σ^x、J > 0 です",
)
_OWN = Text(en="", ja="")
_CONVENTIONS = (
    Convention(
        form="σ·σ",
        when=_SPINS,
        factors={"coupling": 4.0},
        note=Text(
            en="H is written with Pauli matrices: J Σ σ·σ = 4J Σ S·S, so the coupling becomes four times as large",
            ja="H はパウリ行列で書かれている: J Σ σ·σ = 4J Σ S·S なので、S·S の単位での結合定数は 4 倍になる",
        ),
    ),
    *(
        Convention(form=form, when=_SIGNED, sets={"exchange": "ferromagnetic"}, note=_FERROMAGNET)
        for form in ("ferromagnet", "-S·S")
    ),
    Convention(
        form="-σ·σ",
        when=_SIGNED,
        factors={"coupling": 4.0},
        sets={"exchange": "ferromagnetic"},
        note=Text(
            en="H = -J Σ σ·σ = -4J Σ S·S is the ferromagnet, with a coupling four times as large",
            ja="H = -J Σ σ·σ = -4J Σ S·S は強磁性体で、結合定数は 4 倍になる",
        ),
    ),
    Convention(form="antiferromagnet", when=_SIGNED, sets={"exchange": "antiferromagnetic"}, note=_OWN),
    *(Convention(form=form, when={"model": ("j1j2",)}, note=_WHICH_J) for form in ("ferromagnet", "-S·S", "-σ·σ")),
    *(
        Convention(form=form, when=_PAULI, sets={"exchange": "antiferromagnetic"}, note=_ANTIFERROMAGNET)
        for form in ("antiferromagnet", "σσ")
    ),
    Convention(
        form="SS",
        when=_PAULI,
        factors={"coupling": 0.25, "field": 2.0},
        sets={"exchange": "antiferromagnetic"},
        note=Text(
            en="H is written with S = σ/2: J Σ S^z S^z = (J/4) Σ σ^z σ^z and h Σ S^x = (h/2) Σ σ^x, so h/J doubles",
            ja="H は S = σ/2 で書かれている: J Σ S^z S^z = (J/4) Σ σ^z σ^z、h Σ S^x = (h/2) Σ σ^x。h/J は 2 倍",
        ),
    ),
    Convention(
        form="-SS",
        when=_PAULI,
        factors={"coupling": 0.25, "field": 2.0},
        note=Text(
            en="H is written with S = σ/2: J Σ S^z S^z = (J/4) Σ σ^z σ^z and h Σ S^x = (h/2) Σ σ^x, so h/J doubles",
            ja="H は S = σ/2 で書かれている: J Σ S^z S^z = (J/4) Σ σ^z σ^z、h Σ S^x = (h/2) Σ σ^x。h/J は 2 倍",
        ),
    ),
)


MODEL = Slot(
    en=("model", "hamiltonian"),
    ja=("模型", "モデル", "ハミルトニアン"),
    values={
        "heisenberg": ("heisenberg", "heis", "xxx", "ハイゼンベルク", "ハイゼンベルグ"),
        "xxz": (
            "xxz",
            "xxz heisenberg",
            "heisenberg xxz",
            "anisotropic heisenberg",
            "heisenberg-ising",
            "anisotropy",
            "exchange anisotropy",
            "easy-axis",
            "easy-plane",
            "xx model",
            "xx chain",
            "異方的ハイゼンベルク",
            "異方性",
            "異方的",
            "xx模型",
            "xx鎖",
        ),
        "j1j2": (
            "j1-j2",
            "j1-j2 heisenberg",
            "heisenberg j1-j2",
            "frustrated heisenberg",
            "majumdar-ghosh",
            "マジュンダー・ゴーシュ",
            "フラストレートしたハイゼンベルク",
        ),
        "hubbard": ("hubbard", "fermi-hubbard", "fermi hubbard", "ハバード", "ハバードモデル", "フェルミ・ハバード"),
        "tv": ("t-v", "tv model", "spinless fermion", "spinless fermions", "スピンレスフェルミオン", "t-v模型"),
        "tfim": (
            "transverse-field ising",
            "transverse ising",
            "tfim",
            "tfi",
            "quantum ising",
            "tf-ising",
            "ising model in a transverse field",
            "ising chain in a transverse field",
            "ising in a transverse field",
            "ising model in transverse field",
            "ising chain in transverse field",
            "ising model with a transverse field",
            "ising chain with a transverse field",
            "ising model with transverse field",
            "ising chain with transverse field",
            "横磁場イジング",
            "横磁場中のイジング",
            "横磁場のイジング",
            "量子イジング",
            "横イジング",
            "横磁場ising",
            "横磁場中のising",
        ),
    },
    shown={
        "hubbard": Text(en="Hubbard model", ja="ハバード模型"),
        "tv": Text(en="spinless t-V model", ja="スピンレス t-V 模型"),
        "heisenberg": Text(en="Heisenberg model", ja="ハイゼンベルク模型"),
        "xxz": Text(en="XXZ model", ja="XXZ 模型"),
        "j1j2": Text(en="J1-J2 Heisenberg model", ja="J1-J2 ハイゼンベルク模型"),
        "tfim": Text(en="transverse-field Ising model", ja="横磁場イジング模型"),
        "couplings": Text(en="table of couplings", ja="結合の表"),
    },
    formulas={
        "hubbard": Text(
            en="H = -t Σ (c†c + h.c.) + U Σ n↑ n↓, each bond once",
            ja="H = -t Σ (c†c + h.c.) + U Σ n↑ n↓、各ボンド一回",
        ),
        "tv": Text(
            en="H = -t Σ (c†c + h.c.) + V Σ n n, each bond once", ja="H = -t Σ (c†c + h.c.) + V Σ n n、各ボンド一回"
        ),
        "xxz": Text(
            en="H = J Σ (S^x S^x + S^y S^y + Δ S^z S^z), S = σ/2, each bond once",
            ja="H = J Σ (S^x S^x + S^y S^y + Δ S^z S^z)、S = σ/2、各ボンド一回",
        ),
        "heisenberg": Text(en="H = J Σ S_i·S_j, S = σ/2, each bond once", ja="H = J Σ S_i·S_j、S = σ/2、各ボンド一回"),
        "j1j2": Text(
            en="H = J1 Σ S_i·S_j + J2 Σ' S_i·S_j, S = σ/2, each bond once",
            ja="H = J1 Σ S_i·S_j + J2 Σ' S_i·S_j、S = σ/2、各ボンド一回",
        ),
        "tfim": Text(en="H = -J Σ σ^z σ^z - h Σ σ^x, Pauli matrices", ja="H = -J Σ σ^z σ^z - h Σ σ^x、パウリ行列"),
    },
    forms={"heisenberg": ("S·S", "-S·S", "σ·σ", "-σ·σ"), "tfim": ("σσ", "-σσ", "SS", "-SS")},
    ask=True,
    refines={"j1j2": "heisenberg", "xxz": "heisenberg"},
    conventions=_CONVENTIONS,
)

LATTICE = Slot(
    en=("lattice",),
    ja=("格子",),
    values={
        "chain": (
            "chain",
            "1d",
            "one-dimensional",
            "one dimension",
            "1-d",
            "ring",
            "dimer",
            "ダイマー",
            "二量体",
            "trimer",
            "トライマー",
            "三量体",
            "tetramer",
            "テトラマー",
            "四量体",
            "linear chain",
            "spin chain",
            "鎖",
            "チェーン",
            "一次元",
            "1次元",
            "スピン鎖",
            "リング",
        ),
        "square": (
            "square",
            "square lattice",
            "2d",
            "2-d",
            "two-dimensional",
            "two dimensions",
            "正方格子",
            "正方",
            "plaquette",
            "square plaquette",
            "プラケット",
            "二次元",
            "2次元",
        ),
        "triangular": ("triangular", "triangular lattice", "triangle lattice", "三角格子", "3角格子", "三角"),
        "honeycomb": ("honeycomb", "honeycomb lattice", "ハニカム", "ハニカム格子", "蜂の巣", "蜂の巣格子"),
        "kagome": ("kagome", "kagomé", "kagome lattice", "カゴメ", "カゴメ格子", "籠目", "籠目格子"),
    },
    shown={
        "chain": Text(en="chain", ja="鎖"),
        "square": Text(en="square lattice", ja="正方格子"),
        "triangular": Text(en="triangular lattice", ja="三角格子"),
        "honeycomb": Text(en="honeycomb lattice", ja="蜂の巣格子"),
        "kagome": Text(en="kagome lattice", ja="カゴメ格子"),
        "graph": Text(en="graph", ja="グラフ"),
    },
    # "Two-dimensional" is a square lattice only where no other one is named.
    refines={"triangular": "square", "honeycomb": "square", "kagome": "square"},
)

SHAPE = Slot(
    symbols=("N", "L", "Ns", "N_sites", "n_sites"),
    en=(
        "size",
        "system size",
        "sites",
        "site",
        "spins",
        "spin",
        "length",
        "linear size",
        "side",
        "number of sites",
        "number of spins",
        "lattice sites",
        "lattice points",
    ),
    ja=(
        "サイズ",
        "サイト数",
        "サイト",
        "スピン",
        "個のスピン",
        "長さ",
        "一辺",
        "系のサイズ",
        "格子点",
        "格子点数",
        "スピン数",
        "系サイズ",
        "個",
        "辺",
    ),
    values={
        "2": ("dimer", "ダイマー", "二量体"),
        "3": ("trimer", "トライマー", "三量体"),
        "4": ("tetramer", "テトラマー", "四量体"),
        "2x2": ("plaquette", "square plaquette", "プラケット"),
    },
    en_label="size",
    ja_label="サイズ",
    extents=Extents(
        kind="lattice",
        dimensions={"chain": 1, "square": 2, "triangular": 2, "honeycomb": 2, "kagome": 2},
        plain=("chain", "square"),
        per_cell={"honeycomb": 2, "kagome": 3},
        total=(
            "N",
            "Ns",
            "N_sites",
            "n_sites",
            "sites",
            "site",
            "spins",
            "spin",
            "number of sites",
            "number of spins",
            "lattice sites",
            "lattice points",
            "サイト数",
            "サイト",
            "スピン",
            "個のスピン",
            "格子点",
            "格子点数",
            "スピン数",
            "個",
        ),
    ),
)

BOUNDARY = Slot(
    en=("boundary", "boundary condition"),
    ja=("境界条件", "境界"),
    values={
        "periodic": (
            "periodic",
            "pbc",
            "pbcs",
            "ring",
            "torus",
            "closed",
            "周期",
            "周期境界",
            "周期的",
            "周期的境界条件",
            "周期境界条件",
            "トーラス",
            "リング",
        ),
        "open": (
            "open",
            "obc",
            "obcs",
            "open boundary",
            "free boundary",
            "free ends",
            "open ends",
            "開放",
            "開放端",
            "開放境界",
            "開放境界条件",
            "自由端",
            "自由境界",
            "開いた",
        ),
    },
    shown={
        "periodic": Text(en="periodic boundary", ja="周期境界条件"),
        "open": Text(en="open boundary", ja="開放境界条件"),
    },
)

COUPLING = Slot(
    symbols=("J", "J1", "t"),
    cased=("t",),
    en=("coupling", "coupling constant", "exchange", "exchange coupling", "hopping", "hopping amplitude"),
    ja=("結合定数", "交換相互作用", "交換結合", "ホッピング", "飛び移り積分"),
    en_label="J",
    ja_label="J",
    called={
        "model": {
            "j1j2": Text(en="J1", ja="J1"),
            "hubbard": Text(en="t", ja="t"),
            "tv": Text(en="t", ja="t"),
        }
    },
)

COUPLING_OF_SPINS = replace(COUPLING, symbols=("J", "J1"), cased=())
"""Where t is the time."""

J2 = Slot(
    symbols=("J2", "J2/J1", "J2/J"),
    en=("next-nearest-neighbour coupling", "next nearest neighbor coupling", "frustration"),
    ja=("次近接相互作用", "フラストレーション"),
    values={"0.5": ("majumdar-ghosh", "マジュンダー・ゴーシュ")},
    en_label="J2/J1",
    ja_label="J2/J1",
    unit_of="coupling",
    only_with={"model": ("j1j2",)},
)

FIELD = Slot(
    symbols=("h", "Γ", "g", "h/J", "Γ/J", "hx", "h_x", "h_x/J", "g/J"),
    en=("transverse field", "field", "field strength", "magnetic field"),
    ja=("横磁場", "磁場", "横磁場の強さ"),
    values={
        "1": ("critical point", "at criticality", "critical tfim", "quantum critical point", "臨界点", "臨界"),
    },
    en_label="h/J",
    ja_label="h/J",
    unit_of="coupling",
    only_with={"model": ("tfim",)},
)

EXCHANGE = Slot(
    shown={
        "antiferromagnetic": Text(en="antiferromagnetic coupling, +J Σ", ja="反強磁性結合、+J Σ"),
        "ferromagnetic": Text(en="ferromagnetic coupling, -J Σ", ja="強磁性結合、-J Σ"),
    },
    detail=True,
)

DELTA = Slot(
    symbols=("Δ", "Delta", "Jz/J", "Jz/Jxy"),
    en=("anisotropy", "exchange anisotropy", "anisotropy parameter"),
    ja=("異方性", "異方性パラメータ"),
    values={"0": ("xx model", "xx chain", "xx模型", "xx鎖")},
    en_label="Δ",
    ja_label="Δ",
    ask=True,
    only_with={"model": ("xxz",)},
)

TOTAL_SZ = Slot(
    symbols=("S^z", "Sz", "S^z_tot", "S^z_total", "Sz_tot", "Sz_total", "S_tot^z"),
    en=("total s^z", "total spin projection"),
    ja=("全スピンz成分",),
    values={"0": ("zero magnetisation", "zero-magnetisation", "zero magnetization", "zero-magnetization", "磁化ゼロ")},
    en_label="total S^z",
    ja_label="全 S^z",
    detail=True,
)

INTERACTION = Slot(
    symbols=("U", "V", "U/t", "V/t"),
    en=("on-site repulsion", "onsite repulsion", "hubbard interaction", "hubbard u", "neighbour repulsion"),
    ja=("オンサイト斥力", "オンサイト相互作用", "クーロン斥力", "相互作用"),
    en_label="U/t or V/t",
    ja_label="U/t または V/t",
    called={"model": {"hubbard": Text(en="U/t", ja="U/t"), "tv": Text(en="V/t", ja="V/t")}},
    unit_of="coupling",
    only_with={"model": ("hubbard", "tv")},
)

PARTICLES_UP = Slot(
    symbols=("N_up", "n_up"),
    en=("up electrons", "spin-up electrons", "particles", "fermions"),
    ja=("上向き電子", "上向き電子数", "粒子数", "粒子", "フェルミオン"),
    words_with={name: {"model": ("tv",)} for name in ("particles", "fermions", "粒子数", "粒子", "フェルミオン")},
    en_label="number of up electrons (of particles in the t-V model)",
    ja_label="上向き電子数（t-V 模型では粒子数）",
    called={
        "model": {
            "hubbard": Text(en="number of up electrons", ja="上向き電子数"),
            "tv": Text(en="number of particles", ja="粒子数"),
        }
    },
    only_with={"model": ("hubbard", "tv")},
    detail=True,
)

PARTICLES_DOWN = Slot(
    symbols=("N_down", "n_down"),
    en=("down electrons", "spin-down electrons"),
    ja=("下向き電子", "下向き電子数"),
    en_label="number of down electrons",
    ja_label="下向き電子数",
    only_with={"model": ("hubbard",)},
    detail=True,
)
