extension MegatronFlags {
    /// What decides the model, the strategy or the job, and is read.
    static let read: [FlagGroup] = [
        FlagGroup(
            .read, .many,
            """
            cp-comm-type@0.10- hierarchical-context-parallel-sizes@0.10- num-experts@3.0- offload-modules@0.16- recompute-modules@0.12-
            """),
        FlagGroup(
            .read, .one,
            """
            activations-checkpoint-method@2.6-2.6 activations-checkpoint-num-layers@2.6-2.6 checkpoint-num-layers@-2.5,ds
            context-parallel-size@0.4- cpu-offloading-num-layers@0.16- data-parallel-sharding-strategy@0.12- decoder-first-pipeline-num-layers@0.9-
            decoder-last-pipeline-num-layers@0.9- deepspeed-config@ds ds-sequence-parallel-size@ds dsa-indexer-head-dim@0.16- dsa-indexer-n-heads@0.16- dsa-indexer-topk@0.16- exp-avg-dtype@0.11- exp-avg-sq-dtype@0.11-
            main-grads-dtype@0.11- main-params-dtype@0.11-
            expert-interval@ds expert-model-parallel-size@0.4-|moe-expert-parallel-size@ds expert-tensor-parallel-size@0.10-
            ffn-hidden-size@2.5- fp4-format@0.15- fp4-recipe@0.15- fp8-format@0.4- fp8-recipe@0.12- global-batch-size@2.0-
            hidden-size hybrid-layer-pattern@0.17- hybrid-override-pattern@0.8-
            kv-channels@2.5- kv-lora-rank@0.10- linear-attention-freq@0.16- linear-conv-kernel-dim@0.16- linear-key-head-dim@0.16- linear-num-key-heads@0.16-
            linear-num-value-heads@0.16- linear-value-head-dim@0.16- mamba-head-dim@0.12- mamba-num-groups@0.12- mamba-num-heads@0.13-
            mamba-state-dim@0.12- max-position-embeddings micro-batch-size@2.0-|batch-size
            microbatch-group-size-per-virtual-pipeline-stage@0.10- moe-ffn-hidden-size@0.10- moe-latent-size@0.16- moe-layer-freq@0.10-
            moe-router-topk@0.5-|topk@ds moe-shared-expert-intermediate-size@0.10- mtp-hybrid-override-pattern@0.17- mtp-num-layers@0.12- normalization@0.4-
            num-attention-heads num-distributed-optimizer-instances@0.10- num-key-value-heads@ds
            num-layers-per-virtual-pipeline-stage@2.5-
            num-layers|encoder-num-layers@3.0- num-query-groups@0.4- num-virtual-stages-per-pipeline-rank@0.11- optimizer@2.5- optimizer-offload-fraction@0.12-
            glu-activation@ds padded-vocab-size@0.14-|pad-vocab-size-to@ds pipeline-model-parallel-layout@0.13- pipeline-model-parallel-size@2.0-
            position-embedding-type@0.4- q-lora-rank@0.10- qk-head-dim@0.10- qk-pos-emb-head-dim@0.10-
            recompute-granularity@3.0- recompute-method@3.0- recompute-num-layers@3.0- rope-scaling-factor@0.11-
            rotary-base@0.8-|rotary-position-embeddings-theta@ds seq-length|encoder-seq-length@2.5- softmax-type@0.15-
            tensor-model-parallel-size@2.0-|model-parallel-size v-head-dim@0.10- vocab-size@3.0- window-attn-skip-freq@0.15-
            window-size@0.15- zero-stage@ds
            """),
        FlagGroup(
            .read, .none,
            """
            account-for-embedding-in-pipeline-split@0.11- account-for-loss-in-pipeline-split@0.11-
            accumulate-allreduce-grads-in-fp32@2.5- add-qkv-bias@0.5- attention-output-gate@0.16- bf16@2.5- checkpoint-activations
            deepspeed@ds
            disable-bias-linear@3.0- fine-grained-activation-offloading@0.16- enable-expert-tensor-parallelism@ds enable-zbh1-pipeline@ds fp16 fp8-e4m3@3.0-3.0,ds
            fp8-hybrid@3.0-3.0,ds grad-reduce-in-bf16@0.12- group-query-attention@0.4- is-hybrid-model@0.12- moe-layer-recompute@0.7-
            moe-shared-expert-gate@0.16- moe-shared-expert-overlap@0.10- multi-latent-attention@0.10- no-pipeline-parallel@ds no-position-embedding@3.0- optimizer-cpu-offload@0.12- overlap-cpu-optimizer-d2h-h2d@0.12-
            overlap-grad-reduce@0.4- overlap-moe-expert-parallel-comm@0.14- overlap-param-gather@0.4- qk-layernorm@0.6-
            quick-geglu@0.15- dataloader-inter-document-masking@0.19- recompute-activations@3.0- reset-attention-mask sequence-parallel@3.0- sft@0.13- swiglu@3.0-
            untie-embeddings-and-output-weights@3.0- use-bnb-optimizer@ds use-precision-aware-optimizer@0.11- use-distributed-optimizer@3.0-
            use-megatron-fsdp@0.14-|use-custom-fsdp@0.12-0.13 use-rope-scaling@0.10- use-rotary-position-embeddings@3.0-
            use-torch-fsdp2@0.10-
            """),
    ]
}
