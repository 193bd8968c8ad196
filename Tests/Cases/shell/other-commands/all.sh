python tools/preprocess_data.py --input corpus.json --workers 32 --micro-batch-size 99
srun --ntasks-per-node=1 bash -c "torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --seq-length 4096 --max-position-embeddings 4096 --vocab-size 32000 --micro-batch-size 2 --global-batch-size 64 \
  --tensor-model-parallel-size 4 --bf16"
python tools/run_text_generation_server.py --tensor-model-parallel-size 8 --micro-batch-size 16
