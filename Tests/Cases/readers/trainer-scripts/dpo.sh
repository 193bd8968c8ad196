trl dpo --config sft.yaml
