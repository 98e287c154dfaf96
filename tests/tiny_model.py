"""A tiny untrained language model in a folder: a byte-level tokenizer and one random layer."""

from pathlib import Path

SENTENCES = (
    "the ground state energy of the chain",
    "steps tool arguments reason lattice square shape periodic open",
    "基底エネルギー",
)
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<eos>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Like the templates of some model families: no system role, and roles must alternate.
STRICT_TEMPLATE = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}{% if (message.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}<|im_start|>{{ message.content }}<eos>\n{% endfor %}"
)


def build_tiny_model(
    folder: Path, *, template: str | None = None, context: int = 16_384, seed: int = 0, padded_to: int = 512
) -> Path:
    """Write the model to ``folder``; its output has ``padded_to`` rows, more than the tokenizer has tokens."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<eos>", "<|im_start|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    raw.train_from_iterator(SENTENCES, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<eos>", model_max_length=context)
    tokenizer.chat_template = template
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=padded_to,
                hidden_size=16,
                intermediate_size=32,
                num_hidden_layers=1,
                num_attention_heads=2,
                max_position_embeddings=context,
                eos_token_id=tokenizer.eos_token_id,
                bos_token_id=None,
                initializer_range=0.5,
            )
        )
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder
