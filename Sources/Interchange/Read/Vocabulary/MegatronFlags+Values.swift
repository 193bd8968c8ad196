extension MegatronFlags {
    /// Flags with values that change neither time nor memory of a training step.
    static let values: [FlagGroup] = [
        FlagGroup(
            .nothing, .many,
            """
            skip-train-iteration-range@ds test-weighted-split-paths@ds train-weighted-split-paths@ds valid-weighted-split-paths@ds
            budget-list@0.18- budget-probs@0.18- data-path emb-int-list@0.18- emb-per-list@0.18- export-freeze-mtp@0.13-0.13
            finetune-data-files@main- force-emb@0.18- force-mamba@0.18- force-mlp@0.18- force-router-skip@0.18-
            high-priority-stream-groups@0.13- iterations-to-skip@0.12- layer-ranking-list@0.18- log-budgets@0.18-
            mamba-int-list@0.18- mamba-per-list@0.18- mlp-int-list@0.18- mlp-per-list@0.18- moe-aux-loss-coeff@0.5-
            moe-expert-int-list@0.18- moe-expert-per-list@0.18- moe-router-load-balancing-type@0.5- mrope-section@0.12-
            num-tokens-to-prompt@0.17- override-selected-budget@0.18- profile-ranks@0.4- prompts@0.17-
            report-topk-accuracies@2.0-2.0 retriever-report-topk-accuracies@2.5- rl-inference-parsers@0.17- stop-words@0.17-
            test-data-path@3.0- tiktoken-special-tokens@0.8-0.17 tokenizer-special-tokens@0.16- train-data-path@3.0-
            valid-data-path@3.0- validation-set-names@0.18-
            """),
        FlagGroup(
            .nothing, .one,
            """
            codecarbon-dir@ds kill-switch-path@ds log-level@ds log-level-replica@ds log-path@ds mean-noise-span-length@ds noise-density@ds
            test-weighted-split-paths-path@ds tokenizer-name-or-path@ds train-weighted-split-paths-path@ds valid-num-workers@ds
            valid-weighted-split-paths-path@ds
            activation-func-clamp-value@0.15- adam-beta1@2.0- adam-beta2@2.0- adam-eps@2.0- adlr-autoresume-interval
            aml-data-download-path@ds ammo-quant-cfg@0.6-0.7 app-tag-run-name@0.8- app-tag-run-version@0.8-
            async-ckpt-cpu-priority@0.17- async-ckpt-io-priority@0.17- async-strategy@0.17- basemodel-type@0.18-
            batch-boundaries@0.17- bert-embedder-type@3.0- bert-load@2.0- biencoder-projection-dim@2.5- block-data-path@2.0-
            bpe-kv-cache@0.18- bpe-max-buffer@0.18- bpe-params@0.18- bpe-ssm-cache@0.18- budget-type@0.18- chat-template@0.18-
            check-weight-hash-across-dp-replicas-interval@0.7- ckpt-convert-format@0.9- ckpt-convert-save@0.9- ckpt-format@0.9-
            ckpt-fully-parallel-load-exchange-algo@0.17- ckpt-fully-parallel-load-process-group@0.17-
            ckpt-fully-parallel-save-process-group@0.17- ckpt-pg-tensors-cache-path@main- ckpt-step@0.6- classes-fraction@3.0-
            clip-grad config-logger-dir@0.9- coordinator-schedule-output-path@0.17- cross-entropy-fusion-impl=native,te@0.12-
            curr-iteration@0.18- data-args-path@0.10- data-cache-path@3.0- data-impl@-3.0,ds data-per-class-fraction@3.0-
            dataloader-save@0.10- dataloader-seq-length@0.10- dataloader-type@2.5- decoder-num-layers@3.0- decoder-seq-length@2.5- decoupled-lr@0.6-
            decoupled-min-lr@0.6- deepscale-config@ds dino-bottleneck-size@3.0- dino-freeze-last-layer@3.0-
            dino-head-hidden-size@3.0- dino-local-crops-number@3.0- dino-local-img-size@3.0- dino-teacher-temp@3.0-
            dino-warmup-teacher-temp-epochs@3.0- dino-warmup-teacher-temp@3.0- dist-ckpt-format@0.6- dist-ckpt-strictness@0.8-
            dist-ckpt-workers@0.17- distill-coeff@0.18- distributed-backend distributed-timeout-minutes@3.0-
            distributed-timeout-seconds-after-init@0.15- dump-param-to-param-group-map@0.16- embedding-init-method-std@0.14-
            end-weight-decay@3.0- error-injection-rate@0.10- error-injection-type@0.10- eval-global-batch-size@0.18-
            eval-interval eval-iters eval-micro-batch-size@0.18- evidence-data-path@2.5- exit-duration-in-mins@2.0-
            exit-interval exit-signal@0.16- export-draft-vocab-size@0.13-0.13 export-eagle-algorithm@0.13-0.13
            export-kd-teacher-ckpt-format@0.13- export-kv-cache-quant@0.12- export-model-type@0.12-
            export-num-eagle-layers@0.12-0.13 export-num-medusa-heads@0.12-0.13 export-num-mtp@0.13-0.13 export-quant-cfg@0.8-
            export-real-quant-cfg@0.12- fault-injector-delay-start-iteration@0.18- fault-injector-fault-delay@0.18-
            fault-injector-fault-probabilities@0.18- fault-injector-fault-types@0.18- fault-injector-mtti-seconds@0.18-
            fault-injector-num-ranks@0.18- fault-injector-offset-seconds@0.18- fault-injector-ranks@0.18-
            fault-injector-seed@0.18- fim-eod-token@0.16- fim-fragment-rate@0.16- fim-middle-token@0.16- fim-no-prefix@0.16-
            fim-pad-token@0.16- fim-prefix-token@0.16- fim-rate@0.16- fim-split-sample@0.16- fim-spm-rate@0.16-
            fim-suffix-token@0.16- finetune-data-split@0.13- finetune-hf-dataset@0.12- flextron-config-file@0.18-
            flight-recorder-dump-path@0.17- flight-recorder-trace-buffer-size@0.17- fp8-amax-compute-algo@3.0-
            fp8-amax-history-len@3.0- fp8-margin@3.0- ft-num-warmup-iters@0.16- glu-linear-offset@0.15-
            gpu-sniff-test-interval@0.18- grpo-clamp-eps-lower@0.15- grpo-clamp-eps-upper@0.15-
            grpo-default-temperature@0.15-0.15 grpo-default-top-p@0.15-0.15 grpo-entropy-term-weight@0.15- grpo-group-size@0.15-
            grpo-iterations@0.15- grpo-kl-beta@0.15- grpo-prompts-per-step@0.15- hard-sample-th@0.18- head-lr-mult@3.0-
            hysteresis ict-head-size@2.0- ict-load@2.0- img-dim@2.5-2.6,ds img-h@3.0- img-w@3.0-
            incoming-requests-duration@0.17- incoming-requests-per-sec@0.17- incoming-requests-per-step@0.17-
            indexer-batch-size@2.0- indexer-log-interval@2.0- inference-batch-times-seqlen-threshold@3.0-
            inference-coordinator-port@0.16- inference-cuda-graph-max-tokens@0.19- inference-cuda-graph-scope@0.18-
            inference-dynamic-batching-async-sched-mode@0.19- inference-dynamic-batching-block-size@0.15-
            inference-dynamic-batching-buffer-guaranteed-fraction@0.12-0.15
            inference-dynamic-batching-buffer-overflow-factor@0.12-0.15 inference-dynamic-batching-buffer-size-gb@0.12-
            inference-dynamic-batching-chunk-size@0.13-0.14 inference-dynamic-batching-cuda-graph-max-tokens@0.16-0.17
            inference-dynamic-batching-cuda-graph-mixed-prefill-count@0.16-
            inference-dynamic-batching-cuda-graph-sizing-distribution@0.19- inference-dynamic-batching-logprobs-mode@0.19-
            inference-dynamic-batching-mamba-memory-ratio@0.17- inference-dynamic-batching-max-requests-override@0.12-0.15
            inference-dynamic-batching-max-requests@0.16- inference-dynamic-batching-max-tokens-override@0.12-0.15
            inference-dynamic-batching-max-tokens@0.16- inference-dynamic-batching-num-cuda-graphs@0.14-
            inference-dynamic-batching-paused-buffer-size-gb@0.16-
            inference-dynamic-batching-prefix-caching-coordinator-policy@0.17-
            inference-dynamic-batching-prefix-caching-eviction-policy@0.17-
            inference-dynamic-batching-prefix-caching-mamba-gb@0.17-
            inference-dynamic-batching-prefix-caching-routing-alpha@0.17- inference-dynamic-batching-sampling-backend@0.18-
            inference-dynamic-batching-unified-memory-level@0.15- inference-grouped-gemm-backend@0.17-
            inference-logging-step-interval@0.16- inference-max-batch-size@0.15-0.16 inference-max-requests@0.12-
            inference-max-seq-length@0.10- inference-moe-token-dispatcher-type@0.18- inference-repeat-n@0.17-
            inference-shards@0.19- init-method-std initial-loss-scale@2.0- inprocess-active-world-size@0.13-
            inprocess-barrier-timeout@0.13- inprocess-completion-timeout@0.13- inprocess-granularity@0.13-
            inprocess-hard-timeout@0.13- inprocess-heartbeat-interval@0.13- inprocess-heartbeat-timeout@0.13-
            inprocess-last-call-wait@0.13- inprocess-max-iterations@0.13- inprocess-monitor-process-interval@0.13-
            inprocess-monitor-thread-interval@0.13- inprocess-progress-watchdog-interval@0.13- inprocess-soft-timeout@0.13-
            inprocess-termination-grace-time@0.13- iter-per-epoch@3.0- kd-alpha-ce@ds kd-beta-ce@ds kd-temp@ds
            kill-switch-file@ds langrl-env-config@0.15- langrl-inference-server-conversation-template@0.15-0.16
            langrl-inference-server-type@0.15-0.16 linear-scaler-end@0.18- linear-scaler-start@0.18- lion-beta1@0.17-
            lion-beta2@0.17- load load-tag@ds local-rank log-interval log-memory-interval@0.16- logging-level@0.8-
            logits-load-decode-threads@0.19- logits-load-dir@0.19- logits-load-kd-loss-alpha@0.19-
            logits-load-msc-prefetch-depth@0.19- logits-load-prefetch-factor@0.19- logits-save-dir@0.19- logits-save-dtype@0.19-
            logits-save-top-k@0.19- logits-save-top-p-min-k@0.19- logits-save-top-p@0.19- loss-alpha@0.18- loss-scale
            loss-scale-window lr lr-decay-iters lr-decay-samples@2.0- lr-decay-style lr-decay-tokens@ds lr-mult-router@0.18-
            lr-warmup-fraction@2.0-|warmup lr-warmup-init@0.4- lr-warmup-iters@2.0- lr-warmup-samples@2.0- lr-warmup-tokens@ds
            lr-wsd-decay-iters@0.8- lr-wsd-decay-samples@0.8- lr-wsd-decay-style@0.8- make-vocab-size-divisible-by
            mamba-inference-conv-states-dtype@0.17- mamba-inference-ssm-states-dtype@0.17- mamba-training-ssm-states-dtype@0.19-
            manual-gc-interval@0.4- mask-factor@3.0- mask-prob mask-type@3.0- max-tokens-to-oom@3.0- mem-batch-size@0.18-
            mem-infer-seq-len@0.18- memory-profile-path@0.18- memory-profile@0.18- memory-snapshot-path@0.10- merge-file
            mhc-init-gating-factor@main- mhc-sinkhorn-iterations@main- mid-level-dataset-surplus@0.13- min-loss-scale@2.0-
            min-lr min-scale@-1.0 mlp-chunks-for-prefill@0.13- model-provider@0.17- moe-eval-capacity-factor@ds
            moe-input-jitter-eps@0.5- moe-loss-coeff@ds moe-router-bias-update-rate@0.11- moe-router-group-topk@0.11-
            moe-router-num-groups@0.11- moe-router-quantile-balancing-ema@0.19- moe-router-score-function@0.11-
            moe-router-topk-scaling-factor@0.11- moe-routing-trace-max-inference-steps@0.19-
            moe-routing-trace-max-training-iters@0.19- moe-routing-trace-path@0.19- moe-shared-expert-glu-interleave-size@0.19-
            moe-upcycling-granularity@0.13- moe-z-loss-coeff@0.5- mscale-all-dim@0.11- mscale@0.11-
            mtp-loss-scaling-factor@0.12- muon-coefficient-type@0.17- muon-extra-scale-factor@0.16- muon-fp32-matmul-prec@0.16-
            muon-momentum@0.16- muon-num-ns-steps@0.16- muon-scalar-optimizer@0.17- muon-scale-mode@0.16- muon-tp-mode@0.16-
            no-weight-decay-cond-type@0.16- non-persistent-ckpt-type@0.9- non-persistent-global-ckpt-dir@0.9-
            non-persistent-local-ckpt-algo@0.9- non-persistent-local-ckpt-dir@0.9- non-persistent-save-interval@0.9-
            norm-epsilon@0.4-|layernorm-epsilon@-3.0,ds null-tokenizer-eod-id@0.18- null-tokenizer-pad-id@0.18-
            num-channels@2.5- num-classes@2.5- num-dataset-builder-threads@0.7- num-experts-switch@ds
            num-speculative-tokens@0.17- num-tokens-to-generate@0.17- num-workers object-storage-cache-path@0.13-
            one-logger-entity@0.5-0.7 one-logger-project@0.5- one-logger-run-name@0.5- onnx-safe@2.0-
            original-model-sample-prob@0.18- otel-service-name@main- otel-span-groups@main- output-every-n-results@0.17-
            output-path@0.17- override-ckpt-iteration@0.19- param-budget-target@0.18- patch-dim@2.5-
            per-dataset-sequences-path@0.16- per-split-data-args-path@0.10- persistent-save-interval@0.9-
            phase-transition-iterations@0.16- prefill-chunk-size@0.18- pretrained-checkpoint@0.6- profile-step-end@0.4-
            profile-step-start@0.4- profile-steps@ds prompt-file-num-truncate@0.17- prompt-file@0.17- qad-train-target@0.19-
            qk-clip-alpha@0.16- qk-clip-threshold@0.16- query-in-block-prob@2.0- refit-method@0.16- replication-factor@0.11-
            replication-jump@0.11- rerun-mode@0.10- result-rejected-tracker-filename@0.12- retriever-seq-length@2.5-0.15,ds
            retro-attention-gate@0.5-0.15 retro-cyclic-train-iters@3.0-0.15,ds retro-encoder-attention-dropout@3.0-0.15,ds
            retro-encoder-hidden-dropout@3.0-0.15,ds retro-encoder-layers@3.0-0.15,ds retro-num-neighbors@3.0-0.15,ds
            retro-num-retrieved-chunks@3.0-0.15,ds retro-project-dir@0.6-0.15 retro-workdir@3.0-0.5,ds
            rl-consumption-granularity@0.19- rl-default-temperature@0.16- rl-default-top-k@0.16- rl-default-top-p@0.16-
            rl-generation-batch-size@0.17-0.18 rl-generation-lag@0.19- rl-importance-sampling-truncation-coef@0.15-
            rl-inference-expert-model-parallel-size@0.16- rl-inference-expert-tensor-model-parallel-size@0.16-
            rl-inference-model-unified-memory-level@0.16- rl-inference-pipeline-model-parallel-size@0.16-
            rl-inference-tensor-model-parallel-size@0.16- rl-kv-cache-management-mode@0.17- rl-max-inflight-requests@main-
            rl-num-parallel-generation-batches@0.17-0.18 rl-num-parallel-generations@0.17-0.18
            rl-parallel-generation-tasks@0.16-0.18 rl-profile-dir@0.19- rl-prompts-per-eval@0.15- rl-rollout-bank-dir@main-
            rl-rollout-bank-max-bytes@main- rl-sequence-packing-algo@0.15- rl-sequence-packing-bin-size@0.15-0.15
            rl-sequence-packing-max-sequences-per-bin@0.16- rl-submission-granularity@0.19- rope-type@0.14- rotary-percent@3.0-
            rotary-scaling-factor@0.10- rotary-seq-len-interpolation-factor@0.4- router-beta@0.18- router-gbs@0.18-
            router-inter-dim@0.18- router-std@0.18- s3-cache-path@0.8-0.12 sample-rate@2.5- save save-activations-interval@0.18-
            save-dgrads-interval@0.16- save-interval save-params-interval@0.18- save-retain-interval@0.14-
            save-tokens-per-expert-interval@0.18- save-wgrads-interval@0.16- seed sft-tokenizer-prompt-format@0.13-
            sgd-momentum@2.5- short-seq-prob skip-num-attn-layer-constraint@0.18- skip-total-layer-constraint@0.18- split
            start-eval-at-iter@0.18- start-weight-decay@3.0- straggler-ctrlr-port@0.7- straggler-minmax-count@0.7-
            suspend-resume-interval@0.17- suspend-timeout@0.17- swin-backbone-type@3.0- tau-decay@0.18- tau-init@0.18-
            teacher-model-config@0.15-0.15 temperature@0.17- tensorboard-dir tensorboard-log-interval@2.5-
            tensorboard-queue-size@2.5- termination-id@0.17- tiktoken-num-special-tokens@0.8- tiktoken-pattern@0.8-
            timing-log-level@3.0- timing-log-option@3.0- titles-data-path@2.0- tokenizer-metadata@0.15- tokenizer-model@3.0-
            tokenizer-type top-k@0.17- top-n-logprobs@0.17- top-p@0.17- tp-comm-bootstrap-backend@0.10- tp-comm-overlap-cfg@0.4-
            train-data-exact-num-epochs@ds train-desc-path@ds train-doc-idx-path@ds train-idx-path@ds train-iters
            train-sample-idx-path@ds train-samples@2.0- train-shuffle-idx-path@ds train-sync-interval@0.9- train-tokens@ds
            use-dataset-only@ds vision-backbone-type@3.0- vision-pretraining-type@3.0- vocab-extra-ids@2.5- vocab-file
            wandb-entity@0.15- wandb-exp-name@0.4- wandb-project@0.4- wandb-save-dir@0.4- weight-decay
            weight-decay-incr-style@3.0- yarn-beta-fast@0.19- yarn-beta-slow@0.19- yarn-original-max-position-embeddings@0.19-
            """),
    ]
}
