extension MegatronFlags {
    /// What changes time or memory and has no model, with what is priced instead.
    static let unmodelled: [FlagGroup] = [
        FlagGroup(
            .unmodelled("the embedding is taken to have no norm of its own"), .none,
            """
            embed-layernorm@ds
            """),
        FlagGroup(
            .unmodelled("layers are taken to be dealt as evenly as they can"), .one,
            """
            pp-partition-method@ds
            """),
        FlagGroup(
            .unmodelled("groups of a sequence each are priced with --lengths"), .one,
            """
            max-seqlen-per-dp-cp-rank@0.16-
            """),
        FlagGroup(
            .unmodelled("groups of a sequence each are priced with --lengths"), .none,
            """
            create-all-gather-group@0.16- hybrid-context-parallel@0.16-
            """),
        FlagGroup(
            .unmodelled("formats below 16 bits are priced for all layers alike"), .one,
            """
            fp4-quantizer-factory@0.16- fp8-interval=1@3.0- fp8-quantizer-factory@0.16- num-layers-at-end-in-bf16=0@0.12-
            num-layers-at-start-in-bf16=0@0.12- te-precision-config-file@0.16-
            """),
        FlagGroup(
            .unmodelled("formats below 16 bits are priced for all layers alike"), .none,
            """
            disable-fp8-wgrad@0.16- embedding-weights-in-fp32@3.0-3.0,ds first-last-layers-bf16@0.12-
            fp32-residual-connection@2.0- fp4-param-gather@0.15- fp8-output-proj@0.18- fp8-param-gather@0.9-
            keep-fp8-transpose-cache-when-using-custom-fsdp@0.12-0.13 keep-fp8-transpose-cache@0.14- no-fp8-wgrad@3.0-
            reuse-grad-buf-for-mxfp8-param-ag@0.13-
            """),
        FlagGroup(
            .unmodelled("graphs of kernels are not priced"), .many,
            """
            cuda-graph-modules@0.18- cuda-graph-scope@0.12-
            """),
        FlagGroup(
            .unmodelled("graphs of kernels are not priced"), .one,
            """
            cuda-graph-impl=none@0.15- cuda-graph-warmup-steps@0.11-
            """),
        FlagGroup(
            .unmodelled("graphs of kernels are not priced"), .none,
            """
            enable-cuda-graph@0.11- external-cuda-graph@0.12- moe-pad-experts-for-cuda-graph-inference@0.15-
            optimizer-cuda-graph@0.17-
            """),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .one,
            """
            attention-backend=auto,flash,fused@0.11- batch-invariant-backend@main- flash-attention-version@0.19-
            kitchen-attention-backend@0.16- kitchen-config-file@0.13- kitchen-recipe-number@0.13- mlp-chunks-for-training@0.18-
            moe-deepep-num-sms@0.13- moe-flex-dispatcher-backend@0.16- moe-flex-dispatcher-num-sms@0.19-
            moe-hybridep-num-blocks-permute@0.18- moe-hybridep-num-blocks-unpermute@0.18-
            moe-hybridep-num-sms-preprocessing@0.18- moe-hybridep-num-sms@0.16- moe-mlp-glu-interleave-size@0.18-
            moe-router-dtype@0.12- moe-token-dispatcher-type=alltoall@0.6- output-logit-dtype@main-
            scaled-upper-triang-masked-softmax-fusion@2.0-2.0 tile-factor@ds transformer-impl=transformer_engine@3.0-
            """),
        FlagGroup(
            .unmodelled("kernels are taken to be the stack's"), .none,
            """
            attention-softmax-in-fp32 batch-invariant-mode@0.16- deterministic-mode@0.8-
            disable-bf16-reduced-precision-matmul@0.12- disable-jit-fuser@0.16- disable-mem-efficient-ln@ds
            fp16-lm-cross-entropy@2.0- fused-residual-rmsnorm@0.17- memory-centric-tiled-linear@ds mla-down-proj-fusion@0.17-
            moe-enable-deepep@0.12- moe-hybridep-pad-uneven-dispatch-inputs@0.19- moe-ncclep-static-shape@0.19-0.19
            moe-ncclep-zero-copy@0.19- moe-permute-fusion-into-hybridep@0.18- moe-router-fusion@0.14-
            moe-single-grouped-bias@0.18- moe-single-grouped-weight@0.18- moe-use-grouped-tensor@main-
            moe-use-legacy-grouped-gemm@0.11-0.16 no-bias-dropout-fusion@2.0- no-bias-gelu-fusion@2.0-
            no-bias-swiglu-fusion@0.5- no-masked-softmax-fusion@2.5- no-persist-layer-norm@3.0- no-rope-fusion@0.5-
            no-scaled-masked-softmax-fusion@2.0-2.0 use-flash-attn-triton@ds use-fused-weighted-squared-relu@0.14-
            use-grouped-gemm-for-dense-mlp@0.18- use-grouped-gemm-for-shared-expert@0.19- use-kitchen-attention@0.16-
            use-legacy-models@0.8-0.17 use-te-activation-func@0.15- use-transformer-engine-op-fuser@0.18- use-tutel@ds
            """),
        FlagGroup(
            .unmodelled("masks of dropout are not priced"), .one,
            """
            attention-dropout=0,0.0 hidden-dropout=0,0.0
            """),
        FlagGroup(
            .unmodelled("offloading is not priced: states and activations are taken to stay on the GPU"), .one,
            """
            activation-offload-fraction@0.19- delta-offload-bytes-across-pp-ranks@0.19-
            ds-sequence-parallel-fpdt-chunk-size@ds fine-grained-offloading-max-inflight-offloads@0.18-
            min-offloaded-tensor-size@0.16- moe-paged-stash-buffer-size-factor-cpu@0.18-
            moe-paged-stash-buffer-size-factor-cuda@0.18- moe-paged-stash-page-size@0.18-
            remote-device=none@ds
            """),
        FlagGroup(
            .unmodelled("offloading is not priced: states and activations are taken to stay on the GPU"), .none,
            """
            checkpoint-in-cpu@ds cpu-offloading-retain-pinned-cpu-buffers@0.17- cpu-optimizer@ds cpu-torch-adam@ds
            delay-offload-until-cuda-graph@0.19- ds-sequence-parallel-fpdt-offloading@ds ds-sequence-parallel-fpdt@ds
            moe-paged-stash@0.18- no-pin-cpu-grads@0.12- no-pin-cpu-params@0.12-
            use-pin-memory@ds
            use-torch-optimizer-for-cpu-offload@0.12-
            """),
        FlagGroup(
            .unmodelled("priced as the stack has it"), .one,
            """
            DDP-impl=local@-3.0,ds moe-combine-bwd-dtype@main- moe-dispatch-fwd-dtype@main- nccl-communicator-config-path@0.4-
            pipeline-model-parallel-comm-backend@0.12- sharp-enabled-group@0.14- symmetric-ar-type=none@0.13-
            wgrad-deferral-limit=0@0.8-
            """),
        FlagGroup(
            .unmodelled("priced as the stack has it"), .none,
            """
            decoder-tp-comm-overlap@0.10- defer-embedding-wgrad-compute@0.8- delay-param-gather@0.4-0.8
            delay-wgrad-compute@0.13- disable-async-tensor-model-parallel-allreduce@0.16-0.16 disable-tp-comm-bulk-dgrad@0.4-
            disable-tp-comm-bulk-wgrad@0.4- disable-tp-comm-overlap-ag@0.6- disable-tp-comm-overlap-rs@0.6-
            disable-tp-comm-split-ag@0.4- disable-tp-comm-split-rs@0.4- ep-overlap-early-attn-memory-release@0.16-
            fp32-allreduce@-2.0 no-async-tensor-model-parallel-allreduce@3.0-0.16,ds
            no-delay-grad-reduce@0.4-0.8 no-gradient-accumulation-fusion@3.0- no-overlap-p2p-communication@0.4-
            no-scatter-gather-tensors-in-pipeline@2.5-0.17,ds no-tp-comm-bulk-dgrad@0.16- no-tp-comm-bulk-wgrad@0.16-
            no-tp-comm-overlap-ag@0.16- no-tp-comm-overlap-rs@0.16- no-tp-comm-split-ag@0.16- no-tp-comm-split-rs@0.16-
            overlap-dispatch-backward-with-experts-wgrad@0.18- overlap-p2p-communication-warmup-flush@0.10-
            overlap-p2p-communication@3.0-3.0,ds overlap-param-gather-with-optimizer-step@0.9- synchronize-each-layer@ds
            tp-comm-overlap-rs-dgrad@0.7- tp-comm-overlap@0.4- use-nccl-ub@0.13- use-ring-exchange-p2p@3.0- use-sharp@0.13-
            """),
        FlagGroup(
            .unmodelled("ranks are taken to be numbered tp-cp-ep-dp-pp"), .none,
            """
            use-tp-pp-dp-mapping@0.7-
            """),
        FlagGroup(
            .unmodelled("saved activations are taken to be whole on every tensor-parallel rank"), .one,
            """
            mhc-recompute-layer-num@main-
            """),
        FlagGroup(
            .unmodelled("saved activations are taken to be whole on every tensor-parallel rank"), .none,
            """
            contigious-checkpointing@ds distribute-checkpointed-activations@2.0-2.6,ds distribute-saved-activations@3.0-
            partition-activations@ds
            """),
        FlagGroup(
            .unmodelled("sparse or linear attention is priced as full attention"), .one,
            """
            dsa-indexer-k-norm-epsilon@0.19- dsa-indexer-loss-coeff@0.16-
            dsa-indexer-skip-topk-offset@0.19- dsa-indexer-topk-freq@0.19- dsa-kernel-backend@0.19-
            gdp-num-chunk-states-to-recompute@main- gdp-num-householder@main-
            """),
        FlagGroup(
            .unmodelled("sparse or linear attention is priced as full attention"), .none,
            """
            disable-dsa-indexer-rotate-activation@0.19- disable-dsa-indexer-scoring-relu@0.19- dsa-indexer-k-norm-fp32@0.19-
            dsa-indexer-rope-interleaved@0.19- dsa-indexer-use-sparse-loss@0.16- gdp-cutedsl-kernel@main-
            no-dsa-indexer-rotate-activation@0.19- no-dsa-indexer-scoring-relu@0.19-
            """),
        FlagGroup(
            .unmodelled("states of the optimizer are priced by --optimizer and the formats of --use-precision-aware-optimizer alone"),
            .many,
            """
            ddp-param-name-patterns-for-fp32-local-accumulation@0.17-
            """),
        FlagGroup(
            .unmodelled("states of the optimizer are priced by --optimizer and the formats of --use-precision-aware-optimizer alone"), .one,
            """
            megatron-fsdp-grad-comm-dtype@0.17- megatron-fsdp-main-grads-dtype@0.17- megatron-fsdp-main-params-dtype@0.17-
            """),
        FlagGroup(
            .unmodelled("states of the optimizer are priced by --optimizer and the formats of --use-precision-aware-optimizer alone"),
            .none,
            """
            ds-fused-adam@ds
            """),
        FlagGroup(
            .unmodelled("the data-parallel group is priced whole and its buckets as the stack has them"), .many,
            """
            gtp-remat-opt-in-modules@main-
            """),
        FlagGroup(
            .unmodelled("the data-parallel group is priced whole and its buckets as the stack has them"), .one,
            """
            ddp-bucket-size@0.7- ddp-num-buckets@0.12- expert-tensor-parallel-num-weight-shards@0.19-
            megatron-fsdp-version@main- outer-dp-sharding-strategy@0.16-
            suggested-communication-unit-size@0.12- tensor-parallel-num-weight-shards@0.19- zero-allgather-bucket-size@ds
            zero-reduce-bucket-size@ds
            """),
        FlagGroup(
            .unmodelled("the data-parallel group is priced whole and its buckets as the stack has them"), .none,
            """
            ddp-average-in-collective@0.8- ddp-pad-buckets-for-high-nccl-busbw@0.12-
            ddp-reduce-scatter-with-fp32-accumulation@0.16- enable-full-sharding-in-hsdp@0.14-
            fsdp-db-use-persist-buf-on-alloc-fail@0.19- fsdp-double-buffer@0.13- fsdp-manual-registration@0.16-
            gtp-expert-remat-nccl-ub@main- gtp-remat-nccl-ub@main- gtp-remat-reduce-scatter-with-fp32-accumulation@main-
            megatron-fsdp-enable-fine-grained-param-gather@0.18- megatron-fsdp-max-pool-double-buffer@0.19-
            no-contiguous-buffers-in-local-ddp@2.6-3.0,ds no-use-layer-wise-param-layout@0.18-
            torch-fsdp2-no-reshard-after-forward@0.13- use-contiguous-buffers-in-ddp@2.5-2.5,ds zero-contigious-gradients@ds
            zero-reduce-scatter@ds
            """),
        FlagGroup(
            .unmodelled("the model is priced as the flags have it"), .none,
            """
            use-checkpoint-args@3.0- use-mp-args-from-checkpoint-args@0.10-
            """),
        FlagGroup(
            .unmodelled("the model is priced without it"), .many,
            """
            num-experts-teacher@ds spec@0.4-
            """),
        FlagGroup(
            .unmodelled("the model is priced without it"), .one,
            """
            embedding-path@2.5- export-kd-cfg@0.10- export-kd-teacher-load@0.10- export-kd-teacher-model-config@0.16-
            hidden-size-teacher@ds load-teacher@ds mhc-num-residual-streams@main- mlp-type=standard@ds
            mup-attn-scale-power@0.17- mup-base-head-dim@0.17- mup-base-hidden-size@0.17- mup-embedding-mult@0.17-
            mup-output-mult@0.17- mup-width-mult@0.17- no-rope-freq@0.13- num-attention-heads-teacher@ds num-layers-teacher@ds
            relative-attention-max-distance@0.11- relative-attention-num-buckets@0.11-
            """),
        FlagGroup(
            .unmodelled("the model is priced without it"), .none,
            """
            enable-gpt-oss@0.16- enable-mhc-connections@main- export-kd-finalize@0.10-0.12
            freeze-all-layers@0.19- freeze-base-for-mtp@0.19- freeze-LM@0.10- freeze-model@0.18- freeze-router@0.18-
            freeze-ViT@0.10- kd@ds modelopt-enabled@0.15- moe-extended-tp@0.7-0.16 moe-router-padding-for-fp8@0.13-
            moe-router-padding-for-quantization@0.16- mos@ds mtp-detach-heads@0.19- mtp-hsm@main- mtp-standalone@0.16-
            mtp-use-repeated-layer@0.17- qk-l2-norm@0.13- retro-add-retriever@3.0-0.15,ds scattered-embeddings@ds
            squared-relu@3.0- standalone-embedding-stage@3.0-0.10,ds use-packed-sequence@0.11-
            """),
        FlagGroup(
            .unmodelled("the steady batch is priced"), .many,
            """
            rampup-batch-size@2.0-
            """),
        FlagGroup(
            .unmodelled("the steady batch is priced"), .one,
            """
            step-batch-size-schedule@0.18-
            """),
        FlagGroup(
            .unmodelled("the steady batch is priced"), .none,
            """
            data-efficiency-curriculum-learning@ds decrease-batch-size-if-needed@0.9-
            """),
        FlagGroup(
            .unmodelled("time of writing and testing beside steps is not priced"), .one,
            """
            empty-unused-memory-level=0@2.6-
            """),
        FlagGroup(
            .unmodelled("tokens per expert are taken to be even, none dropped"), .one,
            """
            moe-expert-capacity-factor=-1@0.7- moe-expert-rank-capacity-factor@0.18- moe-min-capacity@ds
            moe-router-force-biased@0.17- moe-token-drop-policy@0.7- moe-train-capacity-factor@ds
            """),
        FlagGroup(
            .unmodelled("tokens per expert are taken to be even, none dropped"), .none,
            """
            create-moe-param-group@ds disable-moe-token-dropping@ds disable-moe-top2-2nd-expert-sampling@ds
            moe-pad-expert-input-to-capacity@0.7- moe-token-dropping@0.5-0.6 random-ltd@ds
            """),
    ]
}
