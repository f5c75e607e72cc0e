"""A tiny real model with random weights: the whole engine in milliseconds."""

from string import ascii_lowercase, digits
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors


def byte_tokenizer() -> Any:
    """One token a byte, so that Chinese characters are split over tokens; 0 begins, 1 ends."""
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<bos>": 0, "<eos>": 1} | {letter: place for place, letter in enumerate(letters, start=2)}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>")


def tiny_model() -> Any:
    """Gemma's architecture, with a sliding window shorter than the prompts of the tests."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    torch.manual_seed(7)
    config = Gemma3TextConfig(
        vocab_size=258,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        sliding_window=16,
        layer_types=["sliding_attention", "sliding_attention", "full_attention"],
        max_position_embeddings=512,
        initializer_range=0.6,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        tie_word_embeddings=False,  # tied, random weights repeat what they read
    )
    model = Gemma3ForCausalLM(config).eval()
    readable = byte_tokenizer().convert_tokens_to_ids([*ascii_lowercase, *digits])
    speaks = torch.zeros(config.vocab_size, 1).index_fill(0, torch.tensor(readable), 1.0)
    model.lm_head.weight.data *= speaks  # answers are letters and digits
    return model
