"""How people say the fields of a variational run."""

from physics_engines.spec import Slot
from physics_engines.text import Text

ANSATZ = Slot(
    en=("ansatz", "wave function"),
    ja=("波動関数", "アンザッツ"),
    values={
        "jastrow": ("jastrow", "jastrow factor", "jastrow wave function", "ジャストロウ", "ジャストロー", "ヤストロウ"),
        "rbm": ("real rbm", "dense rbm", "rbm with real weights", "実rbm", "実数rbm", "実数のrbm"),
        "rbm_complex": (
            "complex rbm",
            "complex-valued rbm",
            "rbm with complex weights",
            "complex restricted boltzmann machine",
            "rbm_complex",
            "複素rbm",
            "複素数rbm",
            "複素数のrbm",
            "複素ボルツマンマシン",
        ),
        "rbm_symmetric": ("symmetric rbm", "translation-symmetric rbm", "tied rbm", "並進対称rbm", "対称rbm"),
        "pair_product": (
            "pair product",
            "pair-product",
            "rbm + pair product",
            "rbm+pp",
            "rvb",
            "rvb state",
            "resonating valence bond",
            "gutzwiller-projected bcs",
            "gutzwiller projected bcs",
            "pair_product",
            "ペア積",
            "対積波動関数",
            "共鳴原子価結合",
        ),
        "pair_product_symmetric": (
            "symmetric pair product",
            "pair product with point-group symmetry",
            "pair_product_symmetric",
            "点群対称なペア積",
        ),
        "neural_backflow": (
            "neural backflow",
            "neural network backflow",
            "neural-network backflow",
            "backflow",
            "neural_backflow",
            "ニューラルバックフロー",
            "バックフロー",
        ),
        "rbm_symmetric_complex": ("complex symmetric rbm", "symmetric complex rbm", "複素並進対称rbm", "複素対称rbm"),
        "rbm_space_group": (
            "space-group rbm",
            "rbm with space-group symmetry",
            "rbm tied by the space group",
            "空間群rbm",
            "空間群対称rbm",
        ),
        "rbm_space_group_complex": ("complex space-group rbm", "space-group complex rbm", "複素空間群rbm"),
        "feed_forward": (
            "feed-forward network",
            "feedforward network",
            "feed-forward",
            "feedforward",
            "multilayer perceptron",
            "fully connected network",
            "mlp",
            "ffnn",
            "順伝播",
            "フィードフォワード",
            "多層パーセプトロン",
            "全結合ネットワーク",
        ),
        "cnn": (
            "cnn",
            "convolutional network",
            "convolutional neural network",
            "畳み込み",
            "畳み込みネットワーク",
            "畳み込みニューラルネットワーク",
        ),
        "resnet": ("resnet", "residual network", "residual neural network", "残差ネットワーク"),
        "vit": (
            "vit",
            "vision transformer",
            "transformer",
            "factored attention",
            "トランスフォーマー",
            "ビジョントランスフォーマー",
        ),
    },
    shown={
        "jastrow": Text(en="Jastrow factor", ja="ジャストロウ因子"),
        "rbm": Text(en="real RBM", ja="実 RBM"),
        "rbm_complex": Text(en="complex RBM", ja="複素 RBM"),
        "rbm_symmetric": Text(en="translation-symmetric RBM", ja="並進対称 RBM"),
        "pair_product": Text(en="pair product × RBM", ja="ペア積 × RBM"),
        "pair_product_symmetric": Text(en="pair product × RBM, point group", ja="ペア積 × RBM、点群対称"),
        "neural_backflow": Text(en="neural backflow × RBM", ja="ニューラルバックフロー × RBM"),
        "rbm_symmetric_complex": Text(en="complex translation-symmetric RBM", ja="複素並進対称 RBM"),
        "rbm_space_group": Text(en="space-group-symmetric RBM", ja="空間群対称RBM"),
        "rbm_space_group_complex": Text(en="complex space-group-symmetric RBM", ja="複素空間群対称RBM"),
        "feed_forward": Text(en="feed-forward network", ja="順伝播ネットワーク"),
        "cnn": Text(en="CNN", ja="CNN"),
        "resnet": Text(en="ResNet", ja="ResNet"),
        "vit": Text(en="ViT", ja="ViT"),
    },
)

ALPHA = Slot(
    symbols=("α", "alpha"),
    en=("hidden density", "hidden unit density"),
    ja=("隠れ層密度", "隠れユニット密度"),
    en_label="α",
    ja_label="α",
    only_with={"ansatz": tuple(name for name in ANSATZ.shown if name.startswith(("rbm", "pair_product")))},
)

N_FEATURES = Slot(
    symbols=("n_features",),
    en=("features", "channels", "hidden units"),
    ja=("特徴数", "チャネル数", "チャネル", "隠れユニット数"),
    detail=True,
)

N_LAYERS = Slot(
    symbols=("n_layers",),
    en=("layers", "layer", "blocks", "hidden layers"),
    ja=("層", "層数", "ブロック"),
    detail=True,
)

KERNEL = Slot(symbols=("kernel",), en=("kernel", "kernel size"), ja=("カーネル", "カーネルサイズ"), detail=True)

PATCH = Slot(symbols=("patch",), en=("patch", "patch size"), ja=("パッチ", "パッチサイズ"), detail=True)

N_HEADS = Slot(symbols=("n_heads",), en=("heads", "attention heads"), ja=("ヘッド", "ヘッド数"), detail=True)

N_ITERATIONS = Slot(
    symbols=("n_iterations", "n_iter"),
    en=(
        "iterations",
        "steps",
        "iteration",
        "iters",
        "optimisation steps",
        "optimization steps",
        "sr steps",
        "training steps",
    ),
    ja=("反復", "反復回数", "回の反復", "イテレーション", "最適化ステップ", "ステップ"),
    detail=True,
)

N_SAMPLES = Slot(
    symbols=("n_samples",),
    en=("samples", "sample", "mc samples"),
    ja=("サンプル", "サンプル数", "個のサンプル", "標本"),
    detail=True,
)

SEED = Slot(en=("seed", "random seed", "rng seed"), ja=("乱数の種", "シード", "乱数シード"))

N_FINAL_SAMPLES = Slot(en=("final samples",), ja=("最終サンプル",), detail=True)

LEARNING_RATE = Slot(en=("learning rate",), ja=("学習率",), detail=True)

DIAG_SHIFT = Slot(en=("diagonal shift", "diag shift"), ja=("対角シフト",), detail=True)

SAMPLER = Slot(
    en=("sampler", "sampling method"),
    ja=("サンプラー", "サンプリング法"),
    values={
        "composite": ("composite moves", "composite sampler", "複合更新"),
        "parallel_tempering": ("parallel tempering", "replica exchange", "レプリカ交換", "パラレルテンパリング"),
        "exact": (
            "exact enumeration",
            "exact summation",
            "exact sampling",
            "full summation",
            "sum over all states",
            "summing over all states",
            "全状態の和",
            "全状態について和",
            "全数和",
        ),
    },
    shown={
        "metropolis": Text(en="Metropolis sampling", ja="メトロポリス法"),
        "composite": Text(en="composite moves", ja="複合更新"),
        "parallel_tempering": Text(en="parallel tempering", ja="レプリカ交換"),
        "exact": Text(en="sum over all states", ja="全状態の和"),
    },
    detail=True,
)
