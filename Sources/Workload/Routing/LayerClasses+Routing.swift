extension LayerClasses {
    /// The classes under a routing: mixtures that tokens visit differently are of different classes.
    ///
    /// Of prediction blocks nothing is recorded, so that the mean over all layers stands for them.
    public func routed(by routing: ExpertRouting?, predictionBlocks: Int) -> LayerClasses {
        let mixtures = ofLayer.indices.filter { classes[ofLayer[$0]].isMixture }
        guard let routing, routing.layerGroups > 1, mixtures.count == routing.layers else { return self }
        struct Key: Hashable {
            let place: Int
            let group: Int?
        }
        var groups = [Int?](repeating: nil, count: ofLayer.count)
        for (index, layer) in mixtures.enumerated() { groups[layer] = routing.group(ofLayer: index) }
        return LayerClasses(
            zip(ofLayer, groups).map { Key(place: $0, group: $1) },
            prediction: predictionBlocks > 0 ? Key(place: prediction, group: nil) : nil
        ) { key in
            var layer = classes[key.place]
            layer.routing = key.group
            return layer
        }
    }
}
