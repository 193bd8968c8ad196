extension MegatronFlags {
    /// What makes another model or layout than can be priced.
    static let refused: [FlagGroup] = [
        FlagGroup(
            .refused("a split between encoder and decoder is not priced"), .one,
            """
            encoder-pipeline-model-parallel-size=0@0.9-0.13 encoder-tensor-model-parallel-size=0@0.9-0.13
            pipeline-model-parallel-split-rank@3.0-0.13,ds
            """),
        FlagGroup(
            .refused("layers that differ from one another are not priced"), .one,
            """
            heterogeneous-layers-config-encoded-json@0.12- heterogeneous-layers-config-path@0.12-
            """),
        FlagGroup(
            .refused("the model has other layers than those of a transformer, which are not priced"), .one,
            """
            experimental-attention-variant=none,dsa,gated_delta_net,gdn@0.16- hybrid-attention-ratio=0,0.0@0.8-0.16
            hybrid-mlp-ratio=0,0.0@0.8-0.16
            """),
        FlagGroup(
            .refused("the shape and sizes stand in another file"), .one,
            """
            yaml-cfg@0.6-
            """),
    ]
}
