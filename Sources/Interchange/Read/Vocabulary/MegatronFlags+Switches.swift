extension MegatronFlags {
    /// Switches that change neither time nor memory of a training step.
    static let switches: [FlagGroup] = [
        FlagGroup(
            .nothing, .none,
            """
            abort-on-unmet-fused-kernel-constraints@ds eval-only@ds loss-on-targets-only@ds
            reweight-loss-based-on-position-frequency@ds sync-tp-duplicated-parameters@ds
            add-skipping@0.18- adlr-autoresume allow-ambiguous-pad-tokens@0.16- ammo-convert-te-to-local-spec@0.6-0.7
            ammo-load-classic-megatron-to-mcore@0.6-0.7 apply-layernorm-1p@3.0- apply-query-key-layer-scaling
            apply-residual-connection-post-layernorm apply-wd-to-qk-layernorm@0.16- async-ckpt-use-cpu-shm@0.18- async-save@0.7-
            auto-detect-ckpt-format@0.6- bert-no-binary-head@2.5- biencoder-shared-query-context-model@2.5- binary-mask@0.18-
            cache-mla-latents@0.14- calc-ft-timeouts@0.11- calculate-per-token-loss@0.7- check-for-large-grads@0.12-
            check-for-spiky-loss@0.10- ckpt-assume-constant-structure@0.7- ckpt-convert-update-legacy-dist-opt-format@0.9-
            ckpt-drop-redundant-extra-state@main- ckpt-fully-parallel-load-per-rank-objects@main- ckpt-fully-parallel-load@0.7-
            ckpt-fully-parallel-save@0.6- ckpt-pg-tensors-cache-create@main- cross-entropy-loss-fusion@0.8-
            data-parallel-random-init@3.0- dataloader-defer-npy-index-mmap@0.16- dataloader-fast-cache-load@0.16-
            decode-only-cuda-graphs@0.15- deepscale@ds
            deepspeed-activation-checkpointing@ds deepspeed-mpi@ds dino-norm-last-layer@3.0- disable-align-grad-reduce@0.17-
            disable-budget@0.18- disable-chunked-prefill@0.15-0.16 disable-ckpt-fully-parallel-save@0.16-0.16
            disable-ckpt-load-validate-sharding-integrity@0.18- disable-clone-scatter-output-in-embedding@0.16-
            disable-flight-recorder-dump-on-timeout@0.17- disable-flight-recorder-extra-dump-on-exec@0.17-
            disable-flight-recorder-include-only-active@0.17- disable-gloo-process-groups@0.12-
            disable-log-loss-scale-to-tensorboard@0.16- disable-mamba-mem-eff-path@0.13- disable-manual-gc-eval@0.16-
            disable-msc@0.13- disable-pad-vocab-size@0.18- disable-save-tokenizer-assets@main- disable-straggler-on-startup@0.7-
            disable-stream-ckpt-dequant@0.19-0.19 disable-strict-fsdp-dtensor-load@0.16- disable-symmetric-registration@0.15-
            disable-tokenizer-sentencepiece-ignore-extra-whitespaces@0.18-
            disable-use-tokenizer-model-from-checkpoint-args@0.16- disable-vision-class-token@0.9-
            dist-ckpt-optim-fully-reshardable@0.15- dist-ckpt-save-pre-mcore-014@0.15- distill-only@0.18- distillation@0.18-
            distrib-optim-fully-reshardable-mem-efficient@0.15- drain-between-batches@0.17- drop-vision-class-token@0.8-0.8
            ds-inference@ds enable-chunked-prefill@0.16- enable-experimental@0.13- enable-ft-package@0.9- enable-msc@0.18-
            enable-one-logger@0.5-0.7 enable-router@0.18- enable-zbh1-exact-semantics@ds eod-mask-loss
            exit-on-missing-checkpoint@3.0- exit-signal-handler-for-dataloader@0.16- exit-signal-handler-for-training@0.17-
            exit-signal-handler@3.0- export-default-te-spec@0.17- export-force-local-attention@0.12- export-legacy-megatron@0.8-
            export-moe-apply-probs-on-input@0.13- export-offline-model@0.15- export-qk-l2-norm@0.13- export-te-mcore-model@0.8-
            faiss-use-gpu@2.0-2.0 fake-process-group@0.16- fim-data@0.16- finetune flash-decode@0.10- flex-hetero-ffn@0.18-
            flex-hetero-mamba@0.18- flex-hetero-moe-expert@0.18- flex-strict@0.18- flextron@0.18-
            flight-recorder-include-stack-trace@0.17- force-ds-sequence-parallel@ds full-validation@0.14-
            grpo-filter-groups-with-same-reward@0.15- high-priority-a2a-comm-stream@0.18- inference-ckpt-non-strict@0.17-
            inference-cuda-graph-all-prefills@0.18- inference-disable-ep-consensus@0.18-
            inference-disable-triton-nvls-kernels@0.17- inference-dynamic-batching-prefix-caching@0.17-
            inference-dynamic-batching-track-generated-token-events@0.17-
            inference-dynamic-batching-track-paused-request-events@0.15- inference-dynamic-batching@0.12-
            inference-fuse-tp-communication@0.16- inference-moe-disable-fused-quant-kernels@0.17- inference-rng-tracker@0.11-
            inference-text-gen-server-logging@0.17- inference-use-synchronous-zmq-collectives@0.17-
            inference-wandb-logging@0.16- inference@ds init-method-xavier-uniform@2.5- init-model-with-meta-device@0.12-
            inprocess-empty-cuda-cache@0.13- inprocess-restart@0.13- is-flex-eval@0.18- langrl-external-server@0.15-0.16
            lazy-mpu-init@2.0- legacy-tokenizer@0.15-0.16 load-main-params-from-ckpt@0.14- load-model-opt-format@0.13-0.14
            log-batch-size-to-tensorboard@2.5-0.8,ds log-device-memory-used@0.16- log-energy@0.13- log-max-attention-logit@0.16-
            log-memory-to-tensorboard@2.5- log-num-zeros-in-grad@2.5- log-optimizer-states-to-tensorboard@ds
            log-params-norm@2.5- log-progress@0.5- log-straggler@0.7- log-throughput@0.5- log-timers-to-tensorboard@2.5-
            log-validation-ppl-to-tensorboard@2.5- log-world-size-to-tensorboard@3.0- logits-load-ignore-errors@0.19-
            manual-gc@0.4- mmap-warmup@-3.0,ds mock-data@0.5- moe-apply-probs-on-input@0.13- moe-enable-routing-replay@0.16-
            moe-grouped-gemm@0.5- moe-per-layer-logging@0.6- moe-permute-fusion@0.11- moe-router-enable-expert-bias@0.11-
            moe-router-force-load-balancing@0.13- moe-router-pre-softmax@0.8- moe-routing-trace-capture-hidden-states@0.19-
            moe-routing-trace-capture-logits@0.19- moe-routing-trace-dump-weights@0.19- moe-use-upcycling@0.9-
            multiple-validation-sets@0.14- muon-nesterov@0.18- muon-no-split-qkv@0.16- muon-use-nesterov@0.16-0.17
            muon-use-syrk@main- nccl-all-reduce-for-prefill@0.13- no-align-grad-reduce@0.9- no-align-param-gather@0.9-
            no-attn-skip@0.18- no-barrier-with-level-1-timing@3.0- no-check-for-nan-in-loss-and-grad@0.4-
            no-ckpt-fully-parallel-save@0.8- no-ckpt-load-validate-sharding-integrity@0.18-
            no-clone-scatter-output-in-embedding@0.4- no-create-attention-mask-in-dataloader@0.6- no-data-sharding@3.0-
            no-flight-recorder-dump-on-timeout@0.17- no-flight-recorder-extra-dump-on-exec@0.17-
            no-flight-recorder-include-only-active@0.17- no-gradient-reduce-div-fusion@0.12-
            no-inference-disable-ep-consensus@0.18- no-inference-dynamic-batching-prefix-caching@0.17-
            no-inference-text-gen-server-logging@0.17- no-inference-use-synchronous-zmq-collectives@0.17-
            no-inference-wandb-logging@0.16- no-initialization@3.0- no-langrl-external-server@0.15-0.16 no-load-lr-state@ds
            no-load-optim no-load-rng no-log-learnig-rate-to-tensorboard@2.5-0.8,ds no-log-loss-scale-to-tensorboard@2.5-
            no-manual-gc-eval@0.4- no-mmap-bin-files@0.6- no-one-logger@0.8- no-pad-vocab-size@0.18-
            no-query-key-layer-scaling@2.0-3.0,ds no-record-throughput@0.17- no-rl-calculate-intra-group-similarity@0.15-0.15
            no-rl-inference-logprobs-is-correction@0.15- no-rl-offload-inference-model-weights-when-idle@0.16-
            no-rl-offload-kv-cache-during-training@0.15-0.16 no-rl-partial-rollouts@0.15- no-rl-persist-cuda-graphs@0.17-
            no-rl-remove-kv-cache-during-training@0.15-0.16 no-rl-reset-cuda-graphs@0.15-0.16 no-rl-skip-bos-token@0.16-
            no-rl-training-cuda-graphs@0.16- no-rl-use-sequence-packing@0.16- no-rl-verify-model-weights-swap@0.16-
            no-save-optim no-save-rng no-save-tokenizer-assets@main- no-stream-ckpt-dequant@0.19-0.19
            no-strict-fsdp-dtensor-load@0.14- no-tokenizer-sentencepiece-ignore-extra-whitespaces@0.18-
            no-use-tokenizer-model-from-checkpoint-args@0.10- no-yarn-correction-range-round-to-int@0.19-
            normalize-router-logits@0.18- num-tokens-from-file@0.17- nvtx-ranges@0.18- one-logger-async@0.8- openai-gelu
            otel-enabled@main- output-bert-embeddings@3.0- output-request-events@0.17- override-lr-scheduler@-2.6,ds
            override-opt-param-scheduler@3.0- perform-rl-step@0.15- profile-backward@ds profile@0.4-
            pytorch-profiler-collect-callstack@0.17- pytorch-profiler-collect-chakra@0.17- pytorch-profiler-collect-shapes@0.17-
            qk-clip@0.16- record-memory-history@0.10- record-shapes@0.18- renormalize-blend-weights@0.9-0.10
            repeated-dataloader@ds replication@0.11- reset-iteration@ds reset-position-ids
            retriever-score-scaling@2.5- retro-no-verify-neighbor-count@0.4-0.15 retro-return-doc-ids@3.0-0.5,ds
            return-data-index@ds return-log-probs@0.17- rl-calculate-intra-group-similarity@0.15-0.15
            rl-durable-rollout-bank@main- rl-inference-logprobs-is-correction@0.15-
            rl-offload-inference-model-weights-when-idle@0.16- rl-offload-kv-cache-during-training@0.15-0.16
            rl-offload-optimizer-during-inference@0.15- rl-partial-rollouts@0.15- rl-persist-cuda-graphs@0.17- rl-profile@0.19-
            rl-remove-kv-cache-during-training@0.15-0.16 rl-reset-cuda-graphs@0.15-0.16 rl-skip-bos-token@0.16-
            rl-training-cuda-graphs@0.16- rl-use-sequence-packing@0.15- rl-verify-model-weights-swap@0.16-
            rotary-interleaved@0.5- run-workload-inspector-server@0.12- skip-prompt-log-probs@0.17- skip-train@3.0- slice@0.18-
            soft-mask@0.18- split-transformers@ds te-rng-tracker@0.11- test-mode@0.6- throughput-check-only@0.17-
            tokenizer-hf-include-special-tokens@0.16-0.17 tokenizer-hf-no-include-special-tokens@0.17-
            tokenizer-hf-no-use-fast@0.17- tokenizer-hf-use-fast@0.16-0.17 tokenizer-sentencepiece-legacy@0.16-
            trust-remote-code@0.15- universal-checkpoint@ds use-checkpoint-lr-scheduler@-2.6,ds
            use-checkpoint-opt-param-scheduler@3.0- use-cpu-initialization@2.0- use-dist-ckpt@0.6- use-flash-attn-builder@ds
            use-flash-attn-v1@ds use-flash-attn-v2@ds use-flash-attn@3.0- use-flashinfer-fused-rope@0.17- use-gigatoken@main-
            use-legacy-static-engine@0.16- use-mcore-models@0.4- use-mup@0.17- use-one-sent-docs@2.0-
            use-persistent-ckpt-worker@0.12- use-pytorch-profiler@0.9-
            use-same-sampling-seed-across-dp-ranks@0.19- verify-integrity@0.18- vision-pretraining@3.0-
            yarn-correction-range-round-to-int@0.19-
            """)
    ]
}
