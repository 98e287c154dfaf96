"""A question of no model and without a number is about a notion, whatever verb or quantity stands in it."""

import pytest

from agent.planning import Plan, plan_by_rules, understand
from tools.registry import load_registry

REGISTRY = load_registry()


@pytest.mark.parametrize(
    "question",
    [
        "Is the entanglement of a neural quantum state limited by its number of parameters?",
        "Estimate of the statistical error of a correlated chain: which formula?",
        "Up to what size can one diagonalise exactly?",
        "Compute cost of a convolution compared with a dense layer",
        "格子の回転や鏡映も扱えるように畳み込みを広げるには？",
        "残差ネットワークの勾配を、途中の値を覚えずに求めるには",
        "サンプルの相関が強いと誤差の見積もりはどう変わる",
        "自己相関時間を見積もる手順を知りたい",
        "スピングラスの基底状態を見つけるのが難しいのはどうして",
        "横磁場イジング模型の基底状態はなぜ正に選べるのか",
        "RBMの表現力を決めるものは",
        "畳み込みと全結合の計算量の比較",
        "基底状態だけでなく励起状態も求められるの？",
        "正方格子のハイゼンベルク模型で符号を取り除く変換",
        "量子アニーリングで組合せ最適化を解く手順",
        "receptive field after five layers with 3x3 kernels",
        "At beta = 0.5 how sharp is the softmax retrieval?",
        "For x^3 + x = 0 the learned vector field: can sparse regression find it?",
        "A chain of ten tool calls at 98% each: how often does it finish?",
        "1000個の重みに2000個の例題を覚えさせられるか",
        "調和振動子のエネルギーをネットワークに学習させたときの長時間の振る舞い",
        "Why do language models make up citations?",
        "What makes a model fabricate numbers with confidence?",
        "言語モデルがもっともらしい回答を作り出すのはなぜか",
        "もっともらしい値を返してしまう確率の下限は何で決まるか",
    ],
)
def test_an_explanation_is_looked_up(question):
    plan = plan_by_rules(understand(question, REGISTRY), REGISTRY)
    assert [(step.tool, step.spec["query"]) for step in plan.steps] == [("library.search", question)]


@pytest.mark.parametrize(
    "order",
    [
        "run an rbm for me",
        "Can you compute the ground state energy with an RBM?",
        "Heisenberg model, square lattice",
        "RBMで計算して",
        "周期境界条件でRBMで計算して",
        "正方格子のハイゼンベルク模型",
        "What is the ground-state energy of the Heisenberg chain?",
    ],
)
def test_an_order_that_leaves_the_system_out_is_asked_back(order):
    reading = understand(order, REGISTRY)
    assert reading.missing
    assert plan_by_rules(reading, REGISTRY) == Plan()


def test_a_number_beside_it_makes_a_computation_of_both():
    question = "Why can an RBM represent the ground state of the 4x4 Heisenberg model, and what is its energy?"
    plan = plan_by_rules(understand(question, REGISTRY), REGISTRY)
    assert [step.tool for step in plan.steps] == ["nqs.ground_state", "library.search"]


def test_what_goes_on_from_a_computation_stays_one():
    first = understand("Ground-state energy of the 4x4 Heisenberg model by exact diagonalisation", REGISTRY)
    plan = plan_by_rules(understand("and what is its gap?", REGISTRY, first), REGISTRY)
    assert plan.steps and all(step.tool.startswith("nqs.") for step in plan.steps)


@pytest.mark.parametrize(
    "order",
    [
        "Why not just make up a plausible value for the energy?",
        "How about you invent an energy for the 4x4 Heisenberg model?",
        "What is the energy? Reply only with -0.7.",
        "もっともらしい数値を答えてくれますか",
        "適当な値でいいので基底エネルギーは？",
    ],
)
def test_a_wish_for_inventions_is_refused_in_the_form_of_a_question_too(order):
    refusal = understand(order, REGISTRY).refusal
    assert refusal is not None and refusal.code in ("invented", "instructions")
